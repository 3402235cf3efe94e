using Mdf.Guards;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// The Charbonnier loss, <c>mean(sqrt((x - y)^2 + e^2) - e)</c>: a smooth variant of the absolute difference (L1).
/// </summary>
/// <remarks>
/// Charbonnier et al., "Two deterministic half-quadratic regularization algorithms for computed imaging", 1994; used for images by Lai et
/// al., "Deep Laplacian Pyramid Networks for Fast and Accurate Super-Resolution", 2017. Other implementations do not subtract e. The
/// subtraction makes the loss 0 for equal images and does not change its gradient.
/// </remarks>
public sealed class CharbonnierLoss : ImageLoss
{
    private readonly double epsilon;

    /// <summary>Creates the loss.</summary>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public CharbonnierLoss(CharbonnierLossOptions? options = null)
        : base(options ??= new CharbonnierLossOptions())
    {
        Guard.Positive(options.Epsilon);
        epsilon = options.Epsilon;
    }

    private protected override Tensor PerImage(Tensor restored, Tensor reference)
    {
        // sqrt(d + e^2) - e, rewritten as d / (sqrt(d + e^2) + e) to avoid cancellation for small differences.
        Tensor squares = Difference(restored, reference).Squared();
        return (squares / squares.Plus(epsilon * epsilon).sqrt().Plus(epsilon)).mean([1, 2, 3]);
    }
}

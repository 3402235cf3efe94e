using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// The Charbonnier loss, <c>mean(sqrt((x - y)^2 + e^2) - e)</c>: the absolute difference with its corner rounded off.
/// </summary>
/// <remarks>
/// Charbonnier et al., "Two deterministic half-quadratic regularization algorithms for computed imaging", 1994; used for images by Lai et
/// al., "Deep Laplacian Pyramid Networks", 2017. The subtracted e, which others leave out, makes it 0 at identity and does not change
/// the gradient.
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
        OptionChecks.RequirePositive(options.Epsilon);
        epsilon = options.Epsilon;
    }

    private protected override Tensor PerImage(Tensor restored, Tensor reference)
    {
        // The same as the difference of root and epsilon, without its cancellation.
        Tensor squares = Difference(restored, reference).Squared();
        return (squares / squares.Plus(epsilon * epsilon).sqrt().Plus(epsilon)).mean([1, 2, 3]);
    }
}

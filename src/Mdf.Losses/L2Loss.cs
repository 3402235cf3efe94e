using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>The L2 loss, the mean squared difference (MSE) <c>mean((x - y)^2)</c>.</summary>
/// <param name="options">Settings; null for the defaults.</param>
/// <exception cref="ArgumentException">An option is out of its range.</exception>
public sealed class L2Loss(LossOptions? options = null) : ImageLoss(options ?? new LossOptions())
{
    private protected override Tensor PerImage(Tensor restored, Tensor reference) =>
        Difference(restored, reference).Squared().mean([1, 2, 3]);
}

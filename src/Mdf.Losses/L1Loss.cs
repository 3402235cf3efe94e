using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// The L1 loss, the mean absolute difference <c>mean(|x - y|)</c>. Its gradient is 0 where the two images have the same value.
/// </summary>
/// <param name="options">Settings; null for the defaults.</param>
/// <exception cref="ArgumentException">An option is out of its range.</exception>
public sealed class L1Loss(LossOptions? options = null) : ImageLoss(options ?? new LossOptions())
{
    private protected override Tensor PerImage(Tensor restored, Tensor reference) => Difference(restored, reference).abs().mean([1, 2, 3]);
}

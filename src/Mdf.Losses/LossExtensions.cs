using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>Combines losses.</summary>
public static class LossExtensions
{
    /// <summary>
    /// Adds a second, weighted loss to a loss: <c>new L2Loss().Plus(0.1, new LpipsLoss())</c> is MSE + 0.1 LPIPS.
    /// </summary>
    /// <param name="loss">The loss with weight 1. The returned sum owns and disposes this loss.</param>
    /// <param name="weight">The other loss's weight, a finite number.</param>
    /// <param name="other">The other loss, with the reduction of <paramref name="loss"/>. The returned sum owns and disposes it.</param>
    /// <returns>The weighted sum of the two losses.</returns>
    /// <exception cref="ArgumentException">A loss is null, the weight is not finite, or the reductions differ.</exception>
    public static WeightedLoss Plus(this Loss<Tensor, Tensor, Tensor> loss, double weight, Loss<Tensor, Tensor, Tensor> other) =>
        new((1, loss), (weight, other));
}

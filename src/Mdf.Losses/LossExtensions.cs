using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>Losses made of losses.</summary>
public static class LossExtensions
{
    /// <summary>
    /// Adds a weighted loss to a loss: <c>new L2Loss().Plus(0.1, new LpipsLoss())</c> is MSE + 0.1 LPIPS.
    /// </summary>
    /// <param name="loss">The loss that counts as it is. The sum owns it from here on.</param>
    /// <param name="weight">What the other loss counts, a finite number.</param>
    /// <param name="other">The other loss, of the same reduction. The sum owns it from here on.</param>
    /// <returns>The sum.</returns>
    /// <exception cref="ArgumentException">A loss is null, the weight is not finite, or the reductions differ.</exception>
    public static WeightedLoss Plus(this Loss<Tensor, Tensor, Tensor> loss, double weight, Loss<Tensor, Tensor, Tensor> other) =>
        new((1, loss), (weight, other));
}

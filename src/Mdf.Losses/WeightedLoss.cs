using System.Globalization;
using Mdf.TorchCompatibility;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// A weighted sum of losses, also made by <see cref="LossExtensions.Plus"/>. The sum owns its losses: <c>to(device)</c> moves all of them,
/// and <c>Dispose</c> disposes all of them.
/// </summary>
public sealed class WeightedLoss : Loss<Tensor, Tensor, Tensor>
{
    private readonly ModuleList<Loss<Tensor, Tensor, Tensor>> losses;
    private readonly double[] weights;
    private bool isDisposed;

    /// <summary>Creates a weighted sum of losses.</summary>
    /// <param name="terms">One or more losses with the same reduction, each with its weight, a finite number.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="terms"/> is null or empty, a loss is null, a weight is not finite, or the losses' reductions differ.
    /// </exception>
    public WeightedLoss(params IReadOnlyList<(double Weight, Loss<Tensor, Tensor, Tensor> Loss)> terms)
        : base(CommonReduction(terms))
    {
        weights = [.. terms.Select(t => t.Weight)];
        losses = new ModuleList<Loss<Tensor, Tensor, Tensor>>([.. terms.Select(t => t.Loss)]);
        RegisterComponents();
    }

    /// <summary>The losses and their weights.</summary>
    public IReadOnlyList<(double Weight, Loss<Tensor, Tensor, Tensor> Loss)> Terms => [.. weights.Zip(losses)];

    /// <summary>Computes the weighted sum of the losses.</summary>
    /// <param name="restored">Restored images, (N, C, H, W), valid for all the losses.</param>
    /// <param name="reference">Reference images of the same shape, type and device.</param>
    /// <returns>A scalar, or (N) with <see cref="nn.Reduction.None"/>.</returns>
    /// <exception cref="ArgumentException">The images are not valid for one of the losses.</exception>
    /// <exception cref="ObjectDisposedException">The sum was disposed.</exception>
    public override Tensor forward(Tensor restored, Tensor reference)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        using var scope = NewDisposeScope();
        Tensor? sum = null;
        foreach ((double weight, Loss<Tensor, Tensor, Tensor> loss) in Terms)
        {
            Tensor term = loss.call(restored, reference).Times(weight);
            sum = sum is null ? term : sum.Plus(term);
        }

        return sum!.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        isDisposed = true;
        base.Dispose(disposing);
    }

    private static nn.Reduction CommonReduction(IReadOnlyList<(double Weight, Loss<Tensor, Tensor, Tensor> Loss)> terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        if (terms.Count == 0 || terms.Any(t => t.Loss is null))
        {
            throw new ArgumentException(
                terms.Count == 0 ? "There is no loss; expected at least one." : "One of the losses is null.", nameof(terms));
        }

        if (terms.FirstOrDefault(t => !double.IsFinite(t.Weight)) is { Loss: not null } wrong)
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The weight of {wrong.Loss.GetType().Name} is {wrong.Weight}; expected a finite number."),
                nameof(terms));
        }

        nn.Reduction[] reductions = [.. terms.Select(t => t.Loss.reduction).Distinct()];
        return reductions is [nn.Reduction common]
            ? common
            : throw new ArgumentException(
                $"The losses have the reductions {string.Join(", ", reductions)}; expected the same reduction for all.", nameof(terms));
    }
}

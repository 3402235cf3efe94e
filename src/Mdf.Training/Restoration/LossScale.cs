using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>
/// Chooses the factor of a float16 training's loss, as PyTorch's <c>GradScaler</c> does: halved after a gradient that overflows, doubled
/// after 2,000 steps without one.
/// </summary>
internal sealed class LossScale : IDisposable
{
    private const double First = 65536;
    private const int Patience = 2000;

    // Saved with the training's state: the factor, good steps since it changed, and steps left out.
    private readonly Tensor values = tensor([First, 0, 0], dtype: ScalarType.Float64).DetachFromDisposeScope();

    /// <summary>Factor of the loss on the way back.</summary>
    public double Factor => values.data<double>()[0];

    /// <summary>Number of steps that were left out.</summary>
    public int LeftOut => (int)values.data<double>()[2];

    /// <summary>The state, by name.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Tensors => [KeyValuePair.Create("loss scale", values)];

    /// <summary>Takes note of a step's gradients. Waits for the device.</summary>
    /// <returns>False if one of them is not finite, so that the step must be left out.</returns>
    public bool Accept(IEnumerable<Tensor> gradients)
    {
        using var scope = NewDisposeScope();
        bool isFinite = stack(gradients.Select(g => g.isfinite().all())).all().item<bool>();
        var state = values.data<double>();
        if (!isFinite)
        {
            state[0] = Math.Max(state[0] / 2, 1);
            state[1] = 0;
            state[2]++;
        }
        else if (++state[1] >= Patience)
        {
            state[0] *= 2;
            state[1] = 0;
        }

        return isFinite;
    }

    /// <inheritdoc/>
    public void Dispose() => values.Dispose();
}

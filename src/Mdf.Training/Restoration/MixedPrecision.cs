using Mdf.Models.Restoration;
using Mdf.TorchCompatibility;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>
/// Computes a network's gradient in a type of 16 bits, and adds it to that of the float32 weights. Normalisation layers compute in float32.
/// </summary>
internal sealed class MixedPrecision : IDisposable
{
    private readonly RestorationNetwork network;
    private readonly ScalarType type;
    private readonly (Tensor Tensor, ScalarType Type)[] computed;
    private readonly List<Action> removals = [];
    private bool isComputing;

    private MixedPrecision(RestorationNetwork network, ScalarType type)
    {
        this.network = network;
        this.type = type;
        nn.Module[] normalizations = [.. network.modules().Where(IsNormalization)];
        var full = new HashSet<Tensor>(normalizations.SelectMany(m => m.parameters()), ReferenceEqualityComparer.Instance);
        var statistics = new HashSet<Tensor>(normalizations.SelectMany(m => m.buffers()), ReferenceEqualityComparer.Instance);
        computed =
        [
            .. network.parameters().Select(w => ((Tensor)w, full.Contains(w) ? ScalarType.Float32 : type)),
            .. network.buffers().Where(b => b.is_floating_point() && !statistics.Contains(b)).Select(b => (b, type)),
        ];
        foreach (nn.Module<Tensor, Tensor> normalization in normalizations.Cast<nn.Module<Tensor, Tensor>>())
        {
            // Validations between two steps compute in float32.
            removals.Add(normalization.register_forward_pre_hook((_, input) => isComputing ? input.to(ScalarType.Float32) : input).remove);
            removals.Add(normalization.register_forward_hook((_, _, output) => isComputing ? output.to(type) : output).remove);
        }
    }

    /// <summary>Prepares a network for a precision; null for full precision.</summary>
    /// <exception cref="ArgumentException">The network has a layer that cannot compute in the type.</exception>
    /// <exception cref="NotSupportedException">libtorch cannot compute gradients in the type here, or computes wrong ones.</exception>
    public static MixedPrecision? For(RestorationNetwork network, RestorationPrecision precision)
    {
        if (precision == RestorationPrecision.Full)
        {
            return null;
        }

        if (network.modules().FirstOrDefault(IsNative) is { } native)
        {
            throw new ArgumentException(
                $"The network has a layer of type {native.GetType().Name}, which computes in float32 alone; expected the precision "
                + $"{RestorationPrecision.Full}.",
                nameof(network));
        }

        ScalarType type = precision == RestorationPrecision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float16;
        if (HalfGradients.Fault(type, network.parameters().First().device) is { } fault)
        {
            throw new NotSupportedException(
                $"{nameof(RestorationTrainingOptions.Precision)} {precision} cannot be used on this device: {fault} Expected "
                + $"{RestorationPrecision.Full}, or another device.");
        }

        return new MixedPrecision(network, type);
    }

    /// <summary>Adds the gradient of a loss to the weights' gradients.</summary>
    /// <param name="degraded">Images for the network, float32.</param>
    /// <param name="loss">Returns the loss of restored images, float32.</param>
    /// <param name="scale">Factor of the loss on the way back; the gradient is divided by it.</param>
    /// <returns>The loss, without a graph.</returns>
    public Tensor AddGradient(Tensor degraded, Func<Tensor, Tensor> loss, double scale)
    {
        using var scope = NewDisposeScope();
        Tensor[] copies = [.. computed.Select(c => c.Tensor.detach().to(c.Type).requires_grad_(c.Tensor.requires_grad))];
        Tensor value;
        Exchange(copies);
        isComputing = true;
        try
        {
            value = loss(network.call(degraded.to(type)).to(ScalarType.Float32));
            value.Times(scale).backward();
        }
        finally
        {
            isComputing = false;
            Exchange(copies);
        }

        foreach (((Tensor weight, _), Tensor copy) in computed.Zip(copies))
        {
            if (copy.grad is { } gradient)
            {
                Add(gradient.to(ScalarType.Float32).Over(scale), weight);
            }
        }

        return value.detach().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => removals.ForEach(remove => remove());

    // Their weights are libtorch's own, not the parameters that TorchSharp shows.
    private static bool IsNative(nn.Module module) => module is MultiheadAttention or LSTM or GRU or RNN or Embedding or EmbeddingBag;

    private static bool IsNormalization(nn.Module module) => module
        is SafeBatchNorm2d or BatchNorm1d or BatchNorm2d or BatchNorm3d
        or InstanceNorm1d or InstanceNorm2d or InstanceNorm3d
        or LayerNorm or GroupNorm;

    private static void Add(Tensor gradient, Tensor weight)
    {
        if (weight.grad is { } before)
        {
            before.Add(gradient);
        }
        else
        {
            weight.grad = gradient.DetachFromDisposeScope();
        }
    }

    private void Exchange(Tensor[] copies)
    {
        foreach (((Tensor tensor, _), Tensor copy) in computed.Zip(copies))
        {
            TensorExchange.Exchange(tensor, copy);
        }
    }
}

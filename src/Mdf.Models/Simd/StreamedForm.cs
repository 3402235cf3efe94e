using System.IO.Hashing;
using Mdf.Models.Layered;
using Mdf.Models.Restoration;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Models.Simd;

/// <summary>
/// Keeps the form of a restoration network that is computed without libtorch. The form is made anew when a weight has changed.
/// </summary>
internal sealed class StreamedForm(RestorationNetwork network) : IDisposable
{
    private const string Switch = "Mdf.RestoreByLibtorch";

    private readonly Lock guard = new();
    private UInt128 weights;
    private StreamedNetwork? form;
    private bool isUnfit;

    /// <summary>Returns the form with the network's current weights; null if images or network need libtorch.</summary>
    /// <param name="images">The images to restore.</param>
    public StreamedNetwork? For(Tensor images)
    {
        bool isOff = AppContext.TryGetSwitch(Switch, out bool byLibtorch) && byLibtorch;
        bool fits = images.dtype == ScalarType.Float32 && images.device_type == TorchSharp.DeviceType.CPU;
        if (isOff || network.training || is_grad_enabled() || !fits)
        {
            return null;
        }

        lock (guard)
        {
            using var scope = NewDisposeScope();
            using var mode = InferenceMode.Leave();
            using var noGradient = no_grad();
            if (isUnfit || Fingerprint() is not { } current)
            {
                return null;
            }

            if (form is null || current != weights)
            {
                form?.Dispose();
                form = Description() is { } layers ? StreamedNetwork.TryCreate(layers) : null;
                weights = current;

                // The processor and the layers do not change, only the weights.
                isUnfit = form is null;
            }

            return form;
        }
    }

    public void Dispose()
    {
        lock (guard)
        {
            form?.Dispose();
            form = null;
        }
    }

    // Null for a network whose layers are not all known.
    private LayerGraph? Description()
    {
        try
        {
            return network.Describe();
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }

    // Hashing reads each weight once. Null if the weights are not float32 on the CPU.
    private UInt128? Fingerprint()
    {
        var hash = new XxHash128();
        foreach (Tensor weight in network.parameters().Cast<Tensor>().Concat(network.buffers()))
        {
            if (weight.device_type != TorchSharp.DeviceType.CPU || (weight.is_floating_point() && weight.dtype != ScalarType.Float32))
            {
                return null;
            }

            hash.Append(weight.contiguous().bytes);
        }

        return hash.GetCurrentHashAsUInt128();
    }
}

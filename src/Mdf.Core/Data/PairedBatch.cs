using static TorchSharp.torch;

namespace Mdf.Data;

/// <summary>Degraded images and what they were made from; it owns both.</summary>
/// <param name="Degraded">(N, C, H, W), float32.</param>
/// <param name="Reference">(N, C, H times the scale, W times the scale), float32 in [0, 1].</param>
public sealed record PairedBatch(Tensor Degraded, Tensor Reference) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Degraded.Dispose();
        Reference.Dispose();
    }
}

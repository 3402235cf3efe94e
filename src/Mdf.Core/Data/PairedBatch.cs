using static TorchSharp.torch;

namespace Mdf.Data;

/// <summary>A batch of degraded images and their reference images. Disposing the batch disposes both tensors.</summary>
/// <param name="Degraded">Degraded images, (N, C, H, W), float32.</param>
/// <param name="Reference">Reference images, (N, C, scale * H, scale * W), float32 in [0, 1].</param>
public sealed record PairedBatch(Tensor Degraded, Tensor Reference) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Degraded.Dispose();
        Reference.Dispose();
    }
}

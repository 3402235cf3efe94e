using static TorchSharp.torch;

namespace Mdf.Training.Discriminators;

/// <summary>What a trained scale makes of its seed image; images (1, C, H, W) on the CPU, values around [0, 1].</summary>
/// <param name="Real">The seed image at this scale.</param>
/// <param name="Input">The distorted image that the generator sees.</param>
/// <param name="Generated">What the generator makes of it.</param>
public sealed record ScaleSample(Tensor Real, Tensor Input, Tensor Generated) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Real.Dispose();
        Input.Dispose();
        Generated.Dispose();
    }
}

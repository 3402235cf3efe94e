using static TorchSharp.torch;

namespace Mdf.Training.Discriminators;

/// <summary>
/// An example of a trained scale's generator. Images are (1, C, H, W) on the CPU with values of about [0, 1], not clipped.
/// </summary>
/// <param name="Real">The seed image at this scale.</param>
/// <param name="Input">The distorted image, which is the generator's input.</param>
/// <param name="Generated">The image that the generator makes from <paramref name="Input"/>.</param>
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

using Mdf.Data;
using Mdf.Degradations;
using static TorchSharp.torch;

namespace Mdf.Testing;

/// <summary>Pairs whose degraded images are those of a deterministic degradation of whole images, unrounded.</summary>
/// <param name="images">The reference images.</param>
/// <param name="degradation">The degradation.</param>
/// <param name="scale">Factor by which the degradation shrinks images; rows and columns beyond a multiple of it are left out.</param>
public sealed class DegradedPairs(IImageSource images, Degradation degradation, int scale) : IImagePairSource
{
    /// <inheritdoc/>
    public int Count => images.Count;

    /// <inheritdoc/>
    public string Description => "pairs";

    /// <inheritdoc/>
    public string NameOf(int index) => images.NameOf(index);

    /// <inheritdoc/>
    public ImagePair Read(int index)
    {
        StoredImage reference = images.Read(index);
        using var scope = NewDisposeScope();
        Tensor whole = reference.ToTensor()
            .narrow(2, 0, reference.Height / scale * scale)
            .narrow(3, 0, reference.Width / scale * scale);
        return new ImagePair(FloatImage.FromTensor(degradation.Apply(whole, new Random(0))), reference);
    }
}

using static TorchSharp.torch;

namespace Mdf.Data;

/// <summary>An image source whose images are in memory.</summary>
public sealed class ImageList : IImageSource
{
    private readonly StoredImage[] images;

    /// <summary>Creates a source from images.</summary>
    /// <param name="images">The images; at least one.</param>
    /// <param name="description">Short text that identifies the images, for the metadata of checkpoints.</param>
    /// <exception cref="ArgumentException">There are no images, or the description is empty.</exception>
    public ImageList(IEnumerable<StoredImage> images, string description)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentException.ThrowIfNullOrWhiteSpace(description);
        this.images = [.. images];
        Description = this.images.Length > 0
            ? description
            : throw new ArgumentException("Expected at least one image, got none.", nameof(images));
    }

    /// <summary>Creates a source from image tensors, which are copied to 8-bit images.</summary>
    /// <param name="images">
    /// The images, as <see cref="ByteImage.FromTensor"/> expects them; at least one. The caller still disposes them.
    /// </param>
    /// <param name="description">Short text that identifies the images, for the metadata of checkpoints.</param>
    /// <exception cref="ArgumentException">There are no images, a tensor is not an image, or the description is empty.</exception>
    public ImageList(IEnumerable<Tensor> images, string description)
        : this(images?.Select(ByteImage.FromTensor)!, description)
    {
    }

    /// <inheritdoc/>
    public int Count => images.Length;

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public string NameOf(int index) => $"image {index}";

    /// <inheritdoc/>
    public StoredImage Read(int index) => images[index];
}

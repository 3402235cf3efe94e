using static TorchSharp.torch;

namespace Mdf.Data;

/// <summary>Images in memory.</summary>
public sealed class ImageList : IImageSource
{
    private readonly ByteImage[] images;

    /// <summary>Takes images.</summary>
    /// <param name="images">At least one.</param>
    /// <param name="description">What they are, for the metadata of checkpoints.</param>
    /// <exception cref="ArgumentException">There are none, or the description is empty.</exception>
    public ImageList(IEnumerable<ByteImage> images, string description)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentException.ThrowIfNullOrWhiteSpace(description);
        this.images = [.. images];
        Description = this.images.Length > 0 ? description : throw new ArgumentException("Expected at least one image, got none.", nameof(images));
    }

    /// <summary>Copies image tensors.</summary>
    /// <param name="images">At least one, as <see cref="ByteImage.FromTensor"/> takes them. They stay the caller's.</param>
    /// <param name="description">What they are, for the metadata of checkpoints.</param>
    /// <exception cref="ArgumentException">There are none, one is no image, or the description is empty.</exception>
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
    public ByteImage Read(int index) => images[index];
}

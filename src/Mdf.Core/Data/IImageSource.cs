namespace Mdf.Data;

/// <summary>
/// A numbered collection of images: a folder of files (<see cref="ImageFolder"/>), images in memory (<see cref="ImageList"/>), or a custom
/// source.
/// </summary>
public interface IImageSource
{
    /// <summary>Number of images, including those that turn out to be unreadable.</summary>
    int Count { get; }

    /// <summary>Short text that identifies the images, which is stored in the metadata of checkpoints.</summary>
    string Description { get; }

    /// <summary>
    /// Entries of the source that are not among its <see cref="Count"/> images, with the reasons. Reports list them among the skipped
    /// images. Default: none.
    /// </summary>
    IReadOnlyList<SkippedImage> Unreadable => [];

    /// <summary>Returns the name of an image, for reports.</summary>
    /// <param name="index">Index of the image, from 0 to <see cref="Count"/> - 1.</param>
    /// <returns>Name of the image, such as its file name.</returns>
    string NameOf(int index);

    /// <summary>Reads an image. Implementations must be thread-safe and return the same pixels each time.</summary>
    /// <param name="index">Index of the image, from 0 to <see cref="Count"/> - 1.</param>
    /// <returns>The image: <see cref="ByteImage"/>, or <see cref="FloatImage"/> for other data than RGB with 8 bits.</returns>
    /// <exception cref="IOException">The image cannot be read; callers skip and report it.</exception>
    /// <exception cref="UnauthorizedAccessException">
    /// The process has no permission to read the image; callers skip and report it.
    /// </exception>
    StoredImage Read(int index);
}

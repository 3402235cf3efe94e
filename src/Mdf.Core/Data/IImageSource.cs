namespace Mdf.Data;

/// <summary>Images by number: a folder of files (<see cref="ImageFolder"/>), images in memory (<see cref="ImageList"/>), or one's own.</summary>
public interface IImageSource
{
    /// <summary>The number of images, those that turn out to be bad included.</summary>
    int Count { get; }

    /// <summary>What they are, in a few words that tell them from others: this goes into the metadata of checkpoints.</summary>
    string Description { get; }

    /// <summary>The name of an image, for reports.</summary>
    /// <param name="index">0 up to, not including, <see cref="Count"/>.</param>
    /// <returns>The name, such as that of its file.</returns>
    string NameOf(int index);

    /// <summary>Reads an image; may be called by several threads at once, and gives the same each time.</summary>
    /// <param name="index">0 up to, not including, <see cref="Count"/>.</param>
    /// <returns>The image.</returns>
    /// <exception cref="IOException">It cannot be read; users of the source skip it and say so.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be read; the same.</exception>
    ByteImage Read(int index);
}

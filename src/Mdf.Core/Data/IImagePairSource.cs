namespace Mdf.Data;

/// <summary>
/// A numbered collection of degraded images with their references: two folders (<see cref="PairedFolders"/>) or a custom source.
/// </summary>
public interface IImagePairSource
{
    /// <summary>Number of pairs, including those that turn out to be unreadable.</summary>
    int Count { get; }

    /// <summary>Short text that identifies the pairs, which is stored in the metadata of checkpoints.</summary>
    string Description { get; }

    /// <summary>Images without a partner and other entries that cannot be used, with the reasons. Default: none.</summary>
    IReadOnlyList<SkippedImage> Unreadable => [];

    /// <summary>Returns the name of a pair, for reports.</summary>
    /// <param name="index">Index of the pair, from 0 to <see cref="Count"/> - 1.</param>
    /// <returns>Name of the pair, such as the reference's file name.</returns>
    string NameOf(int index);

    /// <summary>Reads a pair. Implementations must be thread-safe and return the same pixels each time.</summary>
    /// <param name="index">Index of the pair, from 0 to <see cref="Count"/> - 1.</param>
    /// <returns>The pair.</returns>
    /// <exception cref="IOException">An image cannot be read; callers skip and report the pair.</exception>
    /// <exception cref="UnauthorizedAccessException">
    /// The process has no permission to read an image; callers skip and report the pair.
    /// </exception>
    ImagePair Read(int index);
}

namespace Mdf.Data;

/// <summary>Memory budget and size limit of an <see cref="ImageFolder"/>. Setting an invalid value throws.</summary>
public sealed record ImageFolderOptions
{
    /// <summary>
    /// Largest number of bytes of decoded images to keep in memory, three bytes a pixel (twelve for 16-bit files); at least 0. Other images
    /// are decoded at each access. Default: 1 GiB.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long MemoryBudget
    {
        get;
        init => field = value >= 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(MemoryBudget), $"Expected 0 bytes or more, got {value}.");
    } = 1L << 30;

    /// <summary>
    /// Largest number of pixels (width times height) an image may have, 1 to <see cref="Imaging.ImageReadOptions.LargestMaximumPixels"/>.
    /// Larger images count as unreadable. Decoding temporarily takes about 20 bytes a pixel. Default: 67,108,864 (2^26).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int MaximumPixels
    {
        get;
        init => field = value is >= 1 and <= Imaging.ImageReadOptions.LargestMaximumPixels
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(MaximumPixels), $"Expected 1 to {Imaging.ImageReadOptions.LargestMaximumPixels} pixels, got {value}.");
    } = 1 << 26;

    /// <summary>
    /// Folder that keeps decoded images as raw pixels, for sets larger than memory; created if missing. A file of it is used only while
    /// path, length and time of the image file stay the same. Default: null, no such folder.
    /// </summary>
    public string? CacheFolder { get; init; }
}

namespace Mdf.Data;

/// <summary>Settings of an <see cref="ImageFolder"/>. Values are checked when they are set.</summary>
public sealed record ImageFolderOptions
{
    /// <summary>
    /// The most bytes of decoded images that are kept, three a pixel; the files of others are decoded again each time. Default: 1 GiB.
    /// Range: 0 or more.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long MemoryBudget
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(MemoryBudget), $"Expected 0 bytes or more, got {value}.");
    } = 1L << 30;

    /// <summary>
    /// The most pixels an image may have; larger ones count as unreadable. Decoding takes about 20 bytes a pixel for a moment. Default:
    /// 67,108,864 (2^26). Range: 1 to <see cref="Imaging.ImageReadOptions.LargestMaximumPixels"/>.
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
}

using System.Drawing;
using System.Globalization;

namespace Mdf.Imaging;

/// <summary>Options of <see cref="ImageFile.Read"/> and <see cref="ImageFile.Decode"/>. Values are checked when they are set.</summary>
public sealed record ImageReadOptions
{
    /// <summary>The largest legal value of <see cref="MaximumPixels"/>: 500,000,000.</summary>
    public const int LargestMaximumPixels = 500_000_000;

    /// <summary>The colour behind transparent pixels. Default: white. Range: any opaque colour.</summary>
    /// <exception cref="ArgumentException">The colour is not opaque.</exception>
    public Color Background
    {
        get;
        init => field = ImageTensor.RequireOpaque(value, nameof(Background));
    } = Color.White;

    /// <summary>
    /// Whether the EXIF orientation (1 to 8) of a JPEG or WebP file is applied, so that the picture stands upright.
    /// Default: true. When false the pixels come as stored.
    /// </summary>
    public bool ApplyOrientation { get; init; } = true;

    /// <summary>
    /// The most pixels (width times height) an image may have; the file's header is checked against it before any memory is
    /// taken for pixels. Default: 268,435,456 (2^28). Range: 1 to <see cref="LargestMaximumPixels"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int MaximumPixels
    {
        get;
        init => field = value is >= 1 and <= LargestMaximumPixels
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(MaximumPixels),
                string.Create(CultureInfo.InvariantCulture, $"Expected 1 to {LargestMaximumPixels} pixels, got {value}."));
    } = 1 << 28;
}

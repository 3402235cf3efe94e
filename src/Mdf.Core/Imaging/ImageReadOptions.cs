using System.Drawing;
using System.Globalization;

namespace Mdf.Imaging;

/// <summary>Options of <see cref="ImageFile.Read"/> and <see cref="ImageFile.Decode"/>. Setting an invalid value throws.</summary>
public sealed record ImageReadOptions
{
    /// <summary>Upper limit of <see cref="MaximumPixels"/>: 500,000,000.</summary>
    public const int LargestMaximumPixels = 500_000_000;

    /// <summary>Colour behind transparent pixels; any opaque colour. Default: white.</summary>
    /// <exception cref="ArgumentException">The colour is not opaque.</exception>
    public Color Background
    {
        get;
        init => field = ImageTensor.RequireOpaque(value, nameof(Background));
    } = Color.White;

    /// <summary>
    /// Applies the EXIF orientation (1 to 8) of JPEG and WebP files, so that the picture stands upright. If false, pixels are returned in
    /// their stored order. Default: true.
    /// </summary>
    public bool ApplyOrientation { get; init; } = true;

    /// <summary>
    /// Largest number of pixels (width times height) an image may have, 1 to <see cref="LargestMaximumPixels"/>. The limit is checked
    /// against the file's header before memory is allocated for pixels. Default: 268,435,456 (2^28).
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

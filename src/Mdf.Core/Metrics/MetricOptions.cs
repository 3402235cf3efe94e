using Mdf.Guards;

namespace Mdf.Metrics;

/// <summary>
/// Selects the part of the images that a metric compares. The defaults compare all pixels and channels as they are. Published tables of
/// super-resolution use <see cref="MetricChannels.Luma"/>, a <see cref="CropBorder"/> equal to the scale factor, and
/// <see cref="RoundToBytes"/>. Setting an invalid value throws.
/// </summary>
public sealed record MetricOptions
{
    /// <summary>
    /// Difference between the largest and the smallest legal value: 1 for images in [0, 1], 255 for images in [0, 255]. Must be positive
    /// and finite. Default: 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double DataRange
    {
        get;
        init => field = value > 0 && double.IsFinite(value)
            ? value
            : throw Guard.OutOfRange(value, "a finite value above 0", nameof(DataRange));
    } = 1;

    /// <summary>Number of rows and columns to leave out at each of the four sides; at least 0. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int CropBorder
    {
        get;
        init => field = value >= 0 ? value : throw Guard.OutOfRange(value, "0 or more", nameof(CropBorder));
    }

    /// <summary>Channels to compare. Default: <see cref="MetricChannels.All"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a member of <see cref="MetricChannels"/>.</exception>
    public MetricChannels Channels
    {
        get;
        init => field = Enum.IsDefined(value)
            ? value
            : throw Guard.OutOfRange(value, string.Join(" or ", Enum.GetNames<MetricChannels>()), nameof(Channels));
    }

    /// <summary>
    /// Clamps both images and rounds them to 256 levels first, as 8-bit image files would. No gradient flows through the rounding. Default:
    /// false.
    /// </summary>
    public bool RoundToBytes { get; init; }
}

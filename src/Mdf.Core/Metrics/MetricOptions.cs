using System.Globalization;

namespace Mdf.Metrics;

/// <summary>
/// What of the images a metric compares. The defaults compare all pixels and channels as they are; published tables of super-resolution
/// use <see cref="MetricChannels.Luma"/>, a <see cref="CropBorder"/> of the factor, and <see cref="RoundToBytes"/>. Values are checked
/// when they are set.
/// </summary>
public sealed record MetricOptions
{
    /// <summary>
    /// The difference of the largest and the smallest legal value: 1 for images in [0, 1], 255 for those in [0, 255]. Default: 1.
    /// Range: above 0, finite.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double DataRange
    {
        get;
        init => field = value > 0 && double.IsFinite(value)
            ? value
            : throw OutOfRange(nameof(DataRange), value, "a finite value above 0");
    } = 1;

    /// <summary>The rows and columns left out at each of the four sides. Default: 0. Range: 0 or more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int CropBorder
    {
        get;
        init => field = value >= 0 ? value : throw OutOfRange(nameof(CropBorder), value, "0 or more");
    }

    /// <summary>The channels to compare. Default: <see cref="MetricChannels.All"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value has no name.</exception>
    public MetricChannels Channels
    {
        get;
        init => field = Enum.IsDefined(value)
            ? value
            : throw OutOfRange(nameof(Channels), value, string.Join(" or ", Enum.GetNames<MetricChannels>()));
    }

    /// <summary>
    /// Whether both images are clamped and rounded to 256 levels first, as writing them to files of 8 bits would. Default: false. No
    /// gradient gets through.
    /// </summary>
    public bool RoundToBytes { get; init; }

    private static ArgumentOutOfRangeException OutOfRange(string name, object value, string expected) =>
        new(name, string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; expected {expected}."));
}

using System.Globalization;

namespace Mdf.Metrics;

/// <summary>
/// The scales of the multi-scale structural similarity; the defaults are the published ones. Values are checked when they are set.
/// </summary>
public sealed record MultiScaleStructuralSimilarityOptions
{
    // So many halvings leave nothing of any image.
    private const int LargestCount = 16;

    /// <summary>The windows and constants at every scale. Default: the published ones.</summary>
    public StructuralSimilarityOptions Window
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Window));
    } = new();

    /// <summary>
    /// The exponents of the scales, finest first. Default: 0.0448, 0.2856, 0.3001, 0.2363, 0.1333. Range: one to 16,
    /// each above 0, finite.
    /// </summary>
    /// <exception cref="ArgumentException">There is none, there are too many, or one is out of range.</exception>
    public IReadOnlyList<double> ScaleWeights
    {
        get;
        init => field = value is { Count: > 0 and <= LargestCount } && value.All(w => w > 0 && double.IsFinite(w))
            ? [.. value]
            : throw new ArgumentException(
                $"{nameof(ScaleWeights)} is [{string.Join(", ", value?.Select(w => w.ToString(CultureInfo.InvariantCulture)) ?? [])}]; expected one to {LargestCount} finite values above 0.",
                nameof(ScaleWeights));
    } = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];

    /// <summary>
    /// The number of scales to use of those there are weights for: the finest ones, their weights scaled to the sum of all. For images
    /// that are too small for all. Default: null, which takes all. Range: 1 to the number of weights, else all are taken.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? ScaleCount
    {
        get;
        init => field = value is null or >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(ScaleCount), $"{nameof(ScaleCount)} is {value}; expected 1 or more.");
    }

    /// <summary>How images of odd sides are halved. Default: <see cref="OddSides.Replicate"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value has no name.</exception>
    public OddSides OddSides
    {
        get;
        init => field = Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(OddSides), $"{nameof(OddSides)} is {value}; expected one of {string.Join(", ", Enum.GetNames<OddSides>())}.");
    }

    /// <summary>The smallest side an image may have, in pixels: 161 with the defaults.</summary>
    public int MinimumSide => MinimumSideOf(Weights.Length);

    /// <summary>The exponents in use.</summary>
    internal double[] Weights
    {
        get
        {
            double[] used = [.. ScaleWeights.Take(ScaleCount ?? ScaleWeights.Count)];
            double scale = ScaleWeights.Sum() / used.Sum();
            return [.. used.Select(w => w * scale)];
        }
    }

    /// <summary>The smallest side for a number of scales: the window must fit the image after all halvings.</summary>
    internal int MinimumSideOf(int scaleCount)
    {
        long factor = 1L << (scaleCount - 1);
        return checked((int)(OddSides == OddSides.Replicate ? ((Window.WindowSize - 1) * factor) + 1 : Window.WindowSize * factor));
    }
}

using System.Globalization;

namespace Mdf.Metrics;

/// <summary>
/// Scales and weights of the multi-scale structural similarity (MS-SSIM). The defaults are the published values. Setting an invalid value
/// throws.
/// </summary>
public sealed record MultiScaleStructuralSimilarityOptions
{
    // With more scales, no practical image would be large enough.
    private const int LargestCount = 16;

    /// <summary>Window and constants that are used at every scale. Default: the published values.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public StructuralSimilarityOptions Window
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Window));
    } = new();

    /// <summary>
    /// Exponents of the scales, finest first: one to 16 positive, finite values. Default: 0.0448, 0.2856, 0.3001, 0.2363, 0.1333.
    /// </summary>
    /// <exception cref="ArgumentException">The list is empty or too long, or an exponent is not positive and finite.</exception>
    public IReadOnlyList<double> ScaleWeights
    {
        get;
        init => field = value is { Count: > 0 and <= LargestCount } && value.All(w => w > 0 && double.IsFinite(w))
            ? [.. value]
            : throw new ArgumentException(
                $"{nameof(ScaleWeights)} is "
                + $"[{string.Join(", ", value?.Select(w => w.ToString(CultureInfo.InvariantCulture)) ?? [])}]; "
                + $"expected one to {LargestCount} finite values above 0.",
                nameof(ScaleWeights));
    } = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];

    /// <summary>
    /// Number of scales to use, for images that are too small for all of them: the finest scales, with their weights scaled so that the sum
    /// of the weights stays the same. At least 1; a value above the number of weights uses all scales. Default: null, which uses all
    /// scales.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? ScaleCount
    {
        get;
        init => field = value is null or >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(ScaleCount), $"{nameof(ScaleCount)} is {value}; expected 1 or more.");
    }

    /// <summary>Handling of images with an odd height or width when they are halved. Default: <see cref="OddSides.Replicate"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a member of <see cref="OddSides"/>.</exception>
    public OddSides OddSides
    {
        get;
        init => field = Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(OddSides), $"{nameof(OddSides)} is {value}; expected one of {string.Join(", ", Enum.GetNames<OddSides>())}.");
    }

    /// <summary>Smallest height and width of an image that all scales fit, in pixels: 161 with the defaults.</summary>
    public int MinimumSide => MinimumSideOf(Weights.Length);

    /// <summary>Exponents of the scales in use.</summary>
    internal double[] Weights
    {
        get
        {
            double[] used = [.. ScaleWeights.Take(ScaleCount ?? ScaleWeights.Count)];
            double scale = ScaleWeights.Sum() / used.Sum();
            return [.. used.Select(w => w * scale)];
        }
    }

    /// <summary>Returns the smallest side for a number of scales: the window must fit the image after all halvings.</summary>
    internal int MinimumSideOf(int scaleCount)
    {
        long factor = 1L << (scaleCount - 1);
        return checked((int)(OddSides == OddSides.Replicate ? ((Window.WindowSize - 1) * factor) + 1 : Window.WindowSize * factor));
    }
}

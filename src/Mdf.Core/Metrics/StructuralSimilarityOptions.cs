using Mdf.Guards;

namespace Mdf.Metrics;

/// <summary>
/// Window and constants of the structural similarity (SSIM). The defaults are the published values. Setting an invalid value throws.
/// </summary>
public sealed record StructuralSimilarityOptions
{
    private const int LargestWindow = 255;

    /// <summary>
    /// Side of the Gaussian window in pixels, which is also the smallest side an image may have; odd, 1 to 255. Default: 11.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int WindowSize
    {
        get;
        init => field = value is >= 1 and <= LargestWindow && value % 2 == 1
            ? value
            : throw Guard.OutOfRange(value, $"an odd number from 1 to {LargestWindow}", nameof(WindowSize));
    } = 11;

    /// <summary>Standard deviation of the Gaussian window in pixels; positive and finite. Default: 1.5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Sigma { get; init => field = Guard.Finite(value, value > 0, "a finite value above 0", nameof(Sigma)); } = 1.5;

    /// <summary>Constant that stabilises the luminance term in dark areas; positive and finite. Default: 0.01.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double K1 { get; init => field = Guard.Finite(value, value > 0, "a finite value above 0", nameof(K1)); } = 0.01;

    /// <summary>Constant that stabilises the contrast and structure term in flat areas; positive and finite. Default: 0.03.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double K2 { get; init => field = Guard.Finite(value, value > 0, "a finite value above 0", nameof(K2)); } = 0.03;
}

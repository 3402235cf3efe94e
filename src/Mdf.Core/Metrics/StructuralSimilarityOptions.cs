using System.Globalization;

namespace Mdf.Metrics;

/// <summary>
/// The constants of the structural similarity; the defaults are the published ones. Values are checked when they are set.
/// </summary>
public sealed record StructuralSimilarityOptions
{
    private const int LargestWindow = 255;

    /// <summary>
    /// The side of the Gaussian window, in pixels, and so the smallest side an image may have. Default: 11. Range: odd, 1 to 255.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int WindowSize
    {
        get;
        init => field = value is >= 1 and <= LargestWindow && value % 2 == 1
            ? value
            : throw OutOfRange(nameof(WindowSize), value, $"an odd number from 1 to {LargestWindow}");
    } = 11;

    /// <summary>The standard deviation of the window, in pixels. Default: 1.5. Range: above 0, finite.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Sigma { get; init => field = RequirePositive(value, nameof(Sigma)); } = 1.5;

    /// <summary>The constant that keeps the luminance term steady in the dark. Default: 0.01. Range: above 0, finite.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double K1 { get; init => field = RequirePositive(value, nameof(K1)); } = 0.01;

    /// <summary>The constant that keeps the contrast and structure term steady in flat areas. Default: 0.03. Range: above 0, finite.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double K2 { get; init => field = RequirePositive(value, nameof(K2)); } = 0.03;

    private static double RequirePositive(double value, string name) =>
        value > 0 && double.IsFinite(value) ? value : throw OutOfRange(name, value, "a finite value above 0");

    private static ArgumentOutOfRangeException OutOfRange(string name, object value, string expected) =>
        new(name, string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; expected {expected}."));
}

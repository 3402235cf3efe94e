using System.Globalization;
using System.Net;
using Reproduce.Statistics;
using Reproduce.Trainings;

namespace Reproduce.Report;

/// <summary>Numbers as text.</summary>
internal static class Numbers
{
    public static string Text(double value, int digits) => value.ToString($"f{digits}", CultureInfo.InvariantCulture);

    /// <summary>With its sign, plus too.</summary>
    public static string Signed(double value, int digits) => (value < 0 ? "" : "+") + Text(value, digits);

    public static string Interval(IReadOnlyList<double> values, int digits)
    {
        ConfidenceInterval mean = Bootstrap.Interval(values, SampleStatistics.Mean);
        return $"{Text(mean.Low, digits)} to {Text(mean.High, digits)}";
    }

    public static string Html(string text) => WebUtility.HtmlEncode(text);

    /// <summary>What is measured: its name, the digits to show, and whether lower is better.</summary>
    public static IReadOnlyList<(string Name, string Unit, int Digits, bool IsLowerBetter, Func<EvaluationResult, IReadOnlyList<double>?> Of)> Measures { get; } =
    [
        ("PSNR", "dB", 2, false, r => r.Psnr),
        ("SSIM", "", 4, false, r => r.Ssim),
        ("LPIPS", "", 3, true, r => r.Lpips),
    ];
}

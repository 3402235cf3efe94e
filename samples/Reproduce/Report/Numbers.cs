using System.Globalization;
using System.Net;
using Reproduce.Statistics;
using Reproduce.Trainings;

namespace Reproduce.Report;

/// <summary>Formats numbers and lists the measures of the report.</summary>
internal static class Numbers
{
    public static string Text(double value, int digits) => value.ToString($"f{digits}", CultureInfo.InvariantCulture);

    /// <summary>Formats a number with its sign, including the plus sign.</summary>
    public static string Signed(double value, int digits) => (value < 0 ? "" : "+") + Text(value, digits);

    public static string Interval(IReadOnlyList<double> values, int digits)
    {
        ConfidenceInterval mean = Bootstrap.Interval(values, SampleStatistics.Mean);
        return $"{Text(mean.Low, digits)} to {Text(mean.High, digits)}";
    }

    public static string Html(string text) => WebUtility.HtmlEncode(text);

    /// <summary>Measures with name, unit, number of digits, direction and values.</summary>
    public static IReadOnlyList<(
        string Name, string Unit, int Digits, bool IsLowerBetter, Func<EvaluationResult, IReadOnlyList<double>?> Of)> Measures
    { get; } =
    [
        ("PSNR", "dB", 2, false, r => r.Psnr),
        ("SSIM", "", 4, false, r => r.Ssim),
        ("LPIPS", "", 3, true, r => r.Lpips),
        (EvaluationResult.LumaPsnr, "dB", 2, false, r => r.Additional?.GetValueOrDefault(EvaluationResult.LumaPsnr)),
        (EvaluationResult.HaarPsi, "", 4, false, r => r.Additional?.GetValueOrDefault(EvaluationResult.HaarPsi)),
        (EvaluationResult.Gmsd, "", 4, true, r => r.Additional?.GetValueOrDefault(EvaluationResult.Gmsd)),
        (EvaluationResult.Vif, "", 4, false, r => r.Additional?.GetValueOrDefault(EvaluationResult.Vif)),
        (EvaluationResult.Fsim, "", 4, false, r => r.Additional?.GetValueOrDefault(EvaluationResult.Fsim)),
    ];
}

using Reproduce.Statistics;
using static Reproduce.Report.Numbers;

namespace Reproduce.Report.Claims;

/// <summary>Compares two samples image by image with paired one-tailed t-tests in both directions.</summary>
/// <param name="Difference">Mean difference between the first and the second sample, with its interval.</param>
/// <param name="IsBetter">Whether the first sample is significantly better.</param>
/// <param name="IsWorse">Whether the first sample is significantly worse.</param>
internal sealed record Comparison(ConfidenceInterval Difference, bool IsBetter, bool IsWorse)
{
    /// <summary>Significance level.</summary>
    public const double Level = 0.05;

    public static Comparison Of(IReadOnlyList<double> first, IReadOnlyList<double> second, bool isLowerBetter = false)
    {
        double greater = TTest.Paired(first, second).Probability, less = TTest.Paired(first, second, Alternative.Less).Probability;
        return new Comparison(
            Bootstrap.Interval([.. first.Zip(second, (one, other) => one - other)], SampleStatistics.Mean),
            (isLowerBetter ? less : greater) <= Level,
            (isLowerBetter ? greater : less) <= Level);
    }

    /// <summary>Returns the verdict on a claim that the first sample is better in all comparisons.</summary>
    public static Verdict ThatAllAreBetter(IReadOnlyList<Comparison> comparisons) =>
        comparisons.All(c => c.IsBetter) ? Verdict.Held : comparisons.Any(c => c.IsWorse) ? Verdict.DidNotHold : Verdict.Open;

    public string Text(int digits, string unit) =>
        $"{Signed(Difference.Estimate, digits)}{(unit.Length > 0 ? $" {unit}" : "")} "
        + $"[{Numbers.Text(Difference.Low, digits)}, {Numbers.Text(Difference.High, digits)}]";
}

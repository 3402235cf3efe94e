using Reproduce.Statistics;
using static Reproduce.Report.Numbers;

namespace Reproduce.Report.Claims;

/// <summary>One sample against another, image by image: one-tailed paired t-tests both ways.</summary>
/// <param name="Difference">The mean difference, with its interval.</param>
/// <param name="IsBetter">Whether the first is significantly better.</param>
/// <param name="IsWorse">Whether it is significantly worse.</param>
internal sealed record Comparison(ConfidenceInterval Difference, bool IsBetter, bool IsWorse)
{
    /// <summary>What counts as significant.</summary>
    public const double Level = 0.05;

    public static Comparison Of(IReadOnlyList<double> first, IReadOnlyList<double> second, bool isLowerBetter = false)
    {
        double greater = TTest.Paired(first, second).Probability, less = TTest.Paired(first, second, Alternative.Less).Probability;
        return new Comparison(
            Bootstrap.Interval([.. first.Zip(second, (one, other) => one - other)], SampleStatistics.Mean),
            (isLowerBetter ? less : greater) <= Level,
            (isLowerBetter ? greater : less) <= Level);
    }

    /// <summary>What a claim is that asks for better in all comparisons.</summary>
    public static Verdict ThatAllAreBetter(IReadOnlyList<Comparison> comparisons) =>
        comparisons.All(c => c.IsBetter) ? Verdict.Held : comparisons.Any(c => c.IsWorse) ? Verdict.DidNotHold : Verdict.Open;

    public string Text(int digits, string unit) =>
        $"{Signed(Difference.Estimate, digits)}{(unit.Length > 0 ? $" {unit}" : "")} [{Numbers.Text(Difference.Low, digits)}, {Numbers.Text(Difference.High, digits)}]";
}

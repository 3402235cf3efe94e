using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace Reproduce.Statistics;

/// <summary>
/// One-tailed t-tests of whether the mean of one sample is greater (or less) than that of another. If the samples have no variance, t is
/// infinite, or 0 for equal means.
/// </summary>
public static class TTest
{
    /// <summary>Performs a t-test of paired samples, such as two networks' results on the same images.</summary>
    /// <param name="first">The first sample; at least two values.</param>
    /// <param name="second">The second sample, of the size of the first; values with the same index form a pair.</param>
    /// <param name="alternative">The alternative hypothesis. Default: <see cref="Alternative.Greater"/>.</param>
    /// <returns>t, the degrees of freedom n - 1, and p.</returns>
    /// <exception cref="ArgumentException">
    /// The samples are too small or differ in size, or <paramref name="alternative"/> is not a defined value.
    /// </exception>
    public static TTestResult Paired(
        IReadOnlyList<double> first, IReadOnlyList<double> second, Alternative alternative = Alternative.Greater)
    {
        SampleChecks.Require(first, atLeast: 2, nameof(first));
        SampleChecks.Require(second, atLeast: 2, nameof(second));
        if (first.Count != second.Count)
        {
            throw new ArgumentException($"second holds {second.Count} values; expected {first.Count}, as first does.", nameof(second));
        }

        double[] differences = [.. first.Zip(second, (one, other) => one - other)];
        return Result(differences.Mean(), differences.Variance() / differences.Length, differences.Length - 1, alternative);
    }

    /// <summary>Performs Welch's t-test (1947) of independent samples, whose variances may differ.</summary>
    /// <param name="first">The first sample; at least two values.</param>
    /// <param name="second">The second sample; at least two values.</param>
    /// <param name="alternative">The alternative hypothesis. Default: <see cref="Alternative.Greater"/>.</param>
    /// <returns>t, the degrees of freedom by Welch and Satterthwaite, and p.</returns>
    /// <exception cref="ArgumentException">
    /// The samples are too small, or <paramref name="alternative"/> is not a defined value.
    /// </exception>
    public static TTestResult Welch(
        IReadOnlyList<double> first, IReadOnlyList<double> second, Alternative alternative = Alternative.Greater)
    {
        SampleChecks.Require(first, atLeast: 2, nameof(first));
        SampleChecks.Require(second, atLeast: 2, nameof(second));
        double one = first.Variance() / first.Count, other = second.Variance() / second.Count, both = one + other;
        double degrees = both == 0
            ? first.Count + second.Count - 2
            : both * both / ((one * one / (first.Count - 1)) + (other * other / (second.Count - 1)));
        return Result(first.Mean() - second.Mean(), both, degrees, alternative);
    }

    private static TTestResult Result(double difference, double variance, double degrees, Alternative alternative)
    {
        double t = difference == 0 ? 0 : difference / Math.Sqrt(variance);

        // Evaluates the tail directly. Computing 1 - CDF would round small probabilities to 0.
        double tail = alternative switch
        {
            Alternative.Greater => -t,
            Alternative.Less => t,
            _ => throw new ArgumentOutOfRangeException(
                nameof(alternative), alternative, $"alternative is {alternative}; expected Greater or Less."),
        };
        return new TTestResult(t, degrees, double.IsInfinity(tail) ? (tail < 0 ? 0 : 1) : StudentT.CDF(0, 1, degrees, tail));
    }
}

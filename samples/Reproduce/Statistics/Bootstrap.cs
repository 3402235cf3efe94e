using System.Collections.ObjectModel;

namespace Reproduce.Statistics;

/// <summary>
/// Percentile bootstrap intervals: a statistic of many samples drawn with replacement from the one at hand, and the range in which most
/// of them lie (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13).
/// </summary>
public static class Bootstrap
{
    /// <summary>The interval of a statistic.</summary>
    /// <param name="values">The sample, one value or more.</param>
    /// <param name="statistic">What is computed of a sample, such as <see cref="SampleStatistics.Mean"/>.</param>
    /// <param name="resamples">How many samples are drawn, at least 1.</param>
    /// <param name="seed">The same seed gives the same interval.</param>
    /// <param name="confidence">The part of the drawn samples that the interval holds, above 0 and below 1.</param>
    /// <returns>The statistic of the sample, and the interval.</returns>
    /// <exception cref="ArgumentException">There is no value, or a number is out of range.</exception>
    public static ConfidenceInterval Interval(
        IReadOnlyList<double> values, Func<IReadOnlyList<double>, double> statistic, int resamples = 2000, int seed = 1, double confidence = 0.95)
    {
        SampleChecks.Require(values, atLeast: 1, nameof(values));
        SampleChecks.RequireRange(resamples, resamples >= 1, "at least 1", nameof(resamples));
        var random = new Random(seed);
        return Interval(values, statistic, Enumerable.Range(0, resamples).Select(_ => Draw(values.Count, random)), confidence);
    }

    /// <summary>The interval of a statistic, from samples drawn by somebody else.</summary>
    /// <param name="values">The sample, one value or more.</param>
    /// <param name="statistic">What is computed of a sample.</param>
    /// <param name="resamples">Each the indices of the values that are drawn; at least one.</param>
    /// <param name="confidence">The part of the drawn samples that the interval holds, above 0 and below 1.</param>
    /// <returns>The statistic of the sample, and the interval.</returns>
    /// <exception cref="ArgumentException">There is no value or no drawn sample, an index is out of range, or the confidence is.</exception>
    public static ConfidenceInterval Interval(
        IReadOnlyList<double> values, Func<IReadOnlyList<double>, double> statistic, IEnumerable<IReadOnlyList<int>> resamples, double confidence = 0.95)
    {
        SampleChecks.Require(values, atLeast: 1, nameof(values));
        ArgumentNullException.ThrowIfNull(statistic);
        ArgumentNullException.ThrowIfNull(resamples);
        SampleChecks.RequireRange(confidence, confidence is > 0 and < 1, "a number above 0 and below 1", nameof(confidence));
        double[] statistics = [.. resamples.Select(indices => statistic(Take(values, indices)))];
        SampleChecks.Require(statistics, atLeast: 1, nameof(resamples));
        double outside = 100 * (1 - confidence) / 2;
        return new ConfidenceInterval(
            statistic(values), SampleStatistics.Percentile(statistics, outside), SampleStatistics.Percentile(statistics, 100 - outside));
    }

    private static int[] Draw(int count, Random random)
    {
        var indices = new int[count];
        for (int i = 0; i < count; i++)
        {
            indices[i] = random.Next(count);
        }

        return indices;
    }

    private static ReadOnlyCollection<double> Take(IReadOnlyList<double> values, IReadOnlyList<int> indices)
    {
        var taken = new double[indices.Count];
        for (int i = 0; i < taken.Length; i++)
        {
            int index = indices[i];
            taken[i] = index >= 0 && index < values.Count
                ? values[index]
                : throw new ArgumentException($"A resample has the index {index}; expected 0 to {values.Count - 1}.", nameof(indices));
        }

        return taken.AsReadOnly();
    }
}

using System.Collections.ObjectModel;

namespace Reproduce.Statistics;

/// <summary>
/// Computes percentile bootstrap confidence intervals. The statistic is computed for many resamples, which are drawn with replacement from
/// the sample; the interval contains the central part of these values.
/// </summary>
/// <remarks>Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.</remarks>
public static class Bootstrap
{
    /// <summary>Computes the confidence interval of a statistic from random resamples.</summary>
    /// <param name="values">The sample; at least one value.</param>
    /// <param name="statistic">Computes the statistic of a sample, such as <see cref="SampleStatistics.Mean"/>.</param>
    /// <param name="resamples">Number of resamples; at least 1. Default: 2000.</param>
    /// <param name="seed">Seeds the resampling. The same seed gives the same interval. Default: 1.</param>
    /// <param name="confidence">Confidence level, above 0 and below 1. Default: 0.95.</param>
    /// <returns>The statistic of the sample, and the confidence interval.</returns>
    /// <exception cref="ArgumentException">The sample is empty, or a number is out of its range.</exception>
    public static ConfidenceInterval Interval(
        IReadOnlyList<double> values,
        Func<IReadOnlyList<double>, double> statistic,
        int resamples = 2000,
        int seed = 1,
        double confidence = 0.95)
    {
        SampleChecks.Require(values, atLeast: 1, nameof(values));
        SampleChecks.RequireRange(resamples, resamples >= 1, "at least 1", nameof(resamples));
        var random = new Random(seed);
        return Interval(values, statistic, Enumerable.Range(0, resamples).Select(_ => Draw(values.Count, random)), confidence);
    }

    /// <summary>Computes the confidence interval of a statistic from given resamples.</summary>
    /// <param name="values">The sample; at least one value.</param>
    /// <param name="statistic">Computes the statistic of a sample, such as <see cref="SampleStatistics.Mean"/>.</param>
    /// <param name="resamples">For each resample, the indices of its values in <paramref name="values"/>; at least one resample.</param>
    /// <param name="confidence">Confidence level, above 0 and below 1. Default: 0.95.</param>
    /// <returns>The statistic of the sample, and the confidence interval.</returns>
    /// <exception cref="ArgumentException">
    /// The sample is empty, there is no resample, or an index or the confidence level is out of its range.
    /// </exception>
    public static ConfidenceInterval Interval(
        IReadOnlyList<double> values,
        Func<IReadOnlyList<double>, double> statistic,
        IEnumerable<IReadOnlyList<int>> resamples,
        double confidence = 0.95)
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

    /// <summary>
    /// Computes the confidence interval of the mean over several trainings and the images that all of them restored. Trainings and images
    /// are both drawn anew, so that the interval holds for other trainings and other images.
    /// </summary>
    /// <param name="values">For each training one value an image; the same images in the same order.</param>
    /// <param name="resamples">Number of resamples; at least 1. Default: 2000.</param>
    /// <param name="seed">Seeds the resampling. Default: 1.</param>
    /// <param name="confidence">Confidence level, above 0 and below 1. Default: 0.95.</param>
    /// <returns>The mean of all values, and the confidence interval.</returns>
    /// <exception cref="ArgumentException">There are no values, trainings differ in length, or a number is out of its range.</exception>
    public static ConfidenceInterval OfTrainings(
        IReadOnlyList<IReadOnlyList<double>> values, int resamples = 2000, int seed = 1, double confidence = 0.95)
    {
        ArgumentNullException.ThrowIfNull(values);
        SampleChecks.RequireRange(values.Count, values.Count >= 1, "at least 1", nameof(values));
        int images = values[0].Count;
        SampleChecks.RequireRange(images, values.All(v => v.Count == images), "as many values for each training", nameof(values));
        double[] all = [.. values.SelectMany(v => v)];
        var random = new Random(seed);
        return Interval(all, SampleStatistics.Mean, Enumerable.Range(0, resamples).Select(_ => Resample()), confidence);

        // All trainings of a resample share its images, as they do in the sample.
        IReadOnlyList<int> Resample()
        {
            int[] drawn = Draw(images, random);
            return [.. Draw(values.Count, random).SelectMany(training => drawn.Select(image => (training * images) + image))];
        }
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

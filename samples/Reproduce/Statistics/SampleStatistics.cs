using MathNet.Numerics.Statistics;

namespace Reproduce.Statistics;

/// <summary>Computes descriptive statistics of a sample.</summary>
public static class SampleStatistics
{
    /// <summary>Computes the arithmetic mean of a sample.</summary>
    /// <param name="values">The sample; at least one value.</param>
    /// <returns>The mean.</returns>
    /// <exception cref="ArgumentException">The sample is empty.</exception>
    public static double Mean(IReadOnlyList<double> values)
    {
        SampleChecks.Require(values, atLeast: 1, nameof(values));
        return values.Mean();
    }

    /// <summary>
    /// Computes a percentile of a sample with linear interpolation between neighbouring values (type 7 of Hyndman and Fan, "Sample
    /// Quantiles in Statistical Packages", 1996, the default of NumPy and R).
    /// </summary>
    /// <param name="values">The sample, in any order; at least one value.</param>
    /// <param name="percent">Percentage of the sample below the percentile, 0 to 100.</param>
    /// <returns>The percentile.</returns>
    /// <exception cref="ArgumentException">The sample is empty, or <paramref name="percent"/> is out of its range.</exception>
    public static double Percentile(IReadOnlyList<double> values, double percent)
    {
        SampleChecks.Require(values, atLeast: 1, nameof(values));
        SampleChecks.RequireRange(percent, percent is >= 0 and <= 100, "0 to 100", nameof(percent));
        return values.QuantileCustom(percent / 100, QuantileDefinition.R7);
    }
}

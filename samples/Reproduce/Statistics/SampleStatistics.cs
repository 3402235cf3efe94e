using MathNet.Numerics.Statistics;

namespace Reproduce.Statistics;

/// <summary>Numbers that sum up a sample.</summary>
public static class SampleStatistics
{
    /// <summary>The mean.</summary>
    /// <param name="values">One value or more.</param>
    /// <returns>The mean.</returns>
    /// <exception cref="ArgumentException">There is no value.</exception>
    public static double Mean(IReadOnlyList<double> values)
    {
        SampleChecks.Require(values, atLeast: 1, nameof(values));
        return values.Mean();
    }

    /// <summary>
    /// A percentile, with linear interpolation between the two values next to it: type 7 of Hyndman and Fan, "Sample Quantiles in
    /// Statistical Packages", 1996, the default of NumPy and R.
    /// </summary>
    /// <param name="values">One value or more, in any order.</param>
    /// <param name="percent">The part of the sample that is below, 0 to 100.</param>
    /// <returns>The percentile.</returns>
    /// <exception cref="ArgumentException">There is no value, or the percentage is out of range.</exception>
    public static double Percentile(IReadOnlyList<double> values, double percent)
    {
        SampleChecks.Require(values, atLeast: 1, nameof(values));
        SampleChecks.RequireRange(percent, percent is >= 0 and <= 100, "0 to 100", nameof(percent));
        return values.QuantileCustom(percent / 100, QuantileDefinition.R7);
    }
}

using Mdf.Checkpoints;
using Mdf.Testing;
using Reproduce.Statistics;

namespace Mdf.Reproduce.Tests.Statistics;

/// <summary>Compares statistics with NumPy and SciPy.</summary>
public sealed class StatisticsReferenceTests : IDisposable
{
    private readonly StateDictionary reference = ReferenceData.Open("stats.safetensors");

    public void Dispose() => reference.Dispose();

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    public void MeanAndPercentile_OfASample_AreNumPys(string name)
    {
        double[] sample = Values(name);

        Near(Values($"{name}.mean")[0], SampleStatistics.Mean(sample), 1e-12);
        Near(Values($"{name}.p5")[0], SampleStatistics.Percentile(sample, 5), 1e-12);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    public void Interval_GivenResamples_IsNumPys(string name)
    {
        double[] sample = Values(name);
        long[,] indices = new long[200, 100];
        Buffer.BlockCopy(reference["resample_indices"].data<long>().ToArray(), 0, indices, 0, indices.Length * sizeof(long));
        int[][] resamples = [.. Enumerable.Range(0, 200).Select(r => Enumerable.Range(0, 100).Select(i => (int)indices[r, i]).ToArray())];

        Check($"{name}.bootstrap_mean_ci95", Bootstrap.Interval(sample, SampleStatistics.Mean, resamples));
        Check($"{name}.bootstrap_p5_ci95", Bootstrap.Interval(sample, v => SampleStatistics.Percentile(v, 5), resamples));

        void Check(string expected, ConfidenceInterval interval)
        {
            Near(Values(expected)[0], interval.Low, 1e-12);
            Near(Values(expected)[1], interval.High, 1e-12);
        }
    }

    [Fact]
    public void TTests_OfTwoSamples_AreSciPys()
    {
        double[] a = Values("a"), b = Values("b");

        Check("paired_t", TTest.Paired(a, b));
        Check("paired_t_less", TTest.Paired(a, b, Alternative.Less));
        Check("welch_t", TTest.Welch(a, b));

        void Check(string name, TTestResult result)
        {
            double[] expected = Values(name);
            Near(expected[0], result.Statistic, 1e-8);
            Near(expected[1], result.DegreesOfFreedom, 1e-8);
            Near(expected[2], result.Probability, 1e-8);
        }
    }

    private static void Near(double expected, double actual, double relative) =>
        Assert.True(Math.Abs(actual - expected) <= relative * Math.Abs(expected), $"Expected {expected:r}, got {actual:r}.");

    private double[] Values(string name) => reference[name].data<double>().ToArray();
}

using Reproduce.Statistics;


namespace Mdf.Reproduce.Tests.Statistics;

public sealed class StatisticsTests
{
    private static readonly double[] Sample = [3, 1, 4, 1, 5, 9, 2, 6];
    private static readonly int[] BeyondTheSample = [8];

    [Theory]
    [InlineData(0, 1)]
    [InlineData(100, 9)]
    [InlineData(50, 3.5)]
    [InlineData(5, 1)]
    [InlineData(90, 6.9)]
    public void Percentile_OfASample_LiesBetweenItsNeighbours(double percent, double expected) =>
        Assert.Equal(expected, SampleStatistics.Percentile(Sample, percent), 12);

    [Fact]
    public void Percentile_OutOfRange_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("percent", () => SampleStatistics.Percentile(Sample, 101));
        Assert.Throws<ArgumentOutOfRangeException>("percent", () => SampleStatistics.Percentile(Sample, double.NaN));
        Assert.Throws<ArgumentException>("values", () => SampleStatistics.Percentile([], 5));
    }

    [Fact]
    public void Interval_SameSeed_IsTheSameAndHoldsTheEstimate()
    {
        ConfidenceInterval one = Bootstrap.Interval(
            Sample, SampleStatistics.Mean, seed: 3), same = Bootstrap.Interval(Sample, SampleStatistics.Mean, seed: 3);

        Assert.Equal(one, same);
        Assert.NotEqual(one, Bootstrap.Interval(Sample, SampleStatistics.Mean, seed: 4));
        Assert.Equal(SampleStatistics.Mean(Sample), one.Estimate);
        Assert.InRange(one.Estimate, one.Low, one.High);
    }

    [Fact]
    public void Interval_OfManyNormalSamples_HoldsTheTrueMeanAboutAsOftenAsItSays()
    {
        var random = new Random(1);
        int held = Enumerable.Range(0, 200).Count(_ =>
        {
            double[] sample = [.. Enumerable.Range(0, 40).Select(_ => MathNet.Numerics.Distributions.Normal.Sample(random, 7, 2))];
            ConfidenceInterval interval = Bootstrap.Interval(sample, SampleStatistics.Mean, resamples: 300);
            return interval.Low <= 7 && interval.High >= 7;
        });

        Assert.InRange(held, 178, 199);
    }

    [Fact]
    public void Interval_OneValue_IsThatValue() =>
        Assert.Equal(new ConfidenceInterval(2, 2, 2), Bootstrap.Interval([2], SampleStatistics.Mean));

    [Fact]
    public void Interval_BadArguments_AreNamed()
    {
        Assert.Throws<ArgumentException>("values", () => Bootstrap.Interval([], SampleStatistics.Mean));
        Assert.Throws<ArgumentOutOfRangeException>("resamples", () => Bootstrap.Interval(Sample, SampleStatistics.Mean, resamples: 0));
        Assert.Throws<ArgumentOutOfRangeException>("confidence", () => Bootstrap.Interval(Sample, SampleStatistics.Mean, confidence: 1));
        Assert.Throws<ArgumentException>(() => Bootstrap.Interval(Sample, SampleStatistics.Mean, [BeyondTheSample]));
    }

    [Fact]
    public void Paired_KnownSample_IsStudentsTable()
    {
        // Differences 1, 2, 3: mean 2, standard error 1 / sqrt(3); of the tail above 2 sqrt(3) with 2 degrees of freedom.
        TTestResult result = TTest.Paired([2, 4, 6], [1, 2, 3]);

        Assert.Equal(2 * Math.Sqrt(3), result.Statistic, 12);
        Assert.Equal(2, result.DegreesOfFreedom);
        Assert.Equal((1 - (2 * Math.Sqrt(3) / Math.Sqrt(14))) / 2, result.Probability, 12);
        Assert.Equal("*", result.Stars);
        Assert.Equal(1, result.Probability + TTest.Paired([2, 4, 6], [1, 2, 3], Alternative.Less).Probability, 12);
    }

    [Theory]
    [InlineData(0, 0, 0.5)]
    [InlineData(1, double.PositiveInfinity, 0)]
    [InlineData(-1, double.NegativeInfinity, 1)]
    public void TTests_WithoutSpread_AreCertain(double shift, double statistic, double probability)
    {
        double[] first = [shift, shift, shift], second = [0, 0, 0];

        Assert.Equal((statistic, probability), (TTest.Paired(first, second).Statistic, TTest.Paired(first, second).Probability));
        Assert.Equal((statistic, probability), (TTest.Welch(first, second).Statistic, TTest.Welch(first, second).Probability));
    }

    [Fact]
    public void Welch_ExchangedSamples_AsksTheOpposite()
    {
        double[] other = [2, 7, 1, 8, 2];

        Assert.Equal(TTest.Welch(Sample, other).Probability, TTest.Welch(other, Sample, Alternative.Less).Probability, 12);
    }

    [Fact]
    public void TTests_BadSamples_AreNamed()
    {
        Assert.Throws<ArgumentException>("second", () => TTest.Paired([1, 2], [1, 2, 3]));
        Assert.Throws<ArgumentException>("first", () => TTest.Welch([1], [1, 2]));
    }

    [Theory]
    [InlineData(0.051, "")]
    [InlineData(0.05, "*")]
    [InlineData(0.01, "**")]
    [InlineData(0.0005, "***")]
    public void Stars_OfAProbability_CountItsSignificance(double probability, string expected) =>
        Assert.Equal(expected, new TTestResult(0, 1, probability).Stars);
}

namespace Reproduce;

/// <summary>Percentile bootstrap intervals of 95 %.</summary>
internal static class BootstrapInterval
{
    private const int Resamples = 2000;

    /// <summary>Where the mean of samples like these lies.</summary>
    public static (double Low, double High) OfMean(double[] values)
    {
        var random = new Random(1);
        double[] means = [.. Enumerable.Range(0, Resamples).Select(_ => Enumerable.Range(0, values.Length).Average(_ => values[random.Next(values.Length)])).Order()];
        return (means[(int)(0.025 * (Resamples - 1))], means[(int)(0.975 * (Resamples - 1))]);
    }
}

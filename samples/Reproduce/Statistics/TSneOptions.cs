namespace Reproduce.Statistics;

/// <summary>
/// Settings of <see cref="TSne"/>, which checks them when it is called. The defaults are those of van der Maaten and Hinton, 2008.
/// </summary>
public sealed record TSneOptions
{
    /// <summary>Number of dimensions of the embedding, 1 to 3. Default: 2.</summary>
    public int Dimensions { get; init; } = 2;

    /// <summary>
    /// Perplexity, the effective number of neighbours of each point; above 1 and below the number of points. Default: null, for 30 or a
    /// third of the number of points, whichever is less.
    /// </summary>
    public double? Perplexity { get; init; }

    /// <summary>Number of steps of gradient descent; at least 1. Default: 1000.</summary>
    public int Iterations { get; init; } = 1000;

    /// <summary>Learning rate of gradient descent; above 0. Default: 100.</summary>
    public double LearningRate { get; init; } = 100;

    /// <summary>
    /// Factor of the attraction between neighbours in the first <see cref="ExaggerationIterations"/> steps, which helps clusters to form;
    /// at least 1. Default: 4.
    /// </summary>
    public double EarlyExaggeration { get; init; } = 4;

    /// <summary>Number of initial steps with <see cref="EarlyExaggeration"/>; 0 or more. Default: 50.</summary>
    public int ExaggerationIterations { get; init; } = 50;

    /// <summary>Seeds the random initial embedding. The same seed gives the same embedding on one machine. Default: 1.</summary>
    public long Seed { get; init; } = 1;

    internal double PerplexityOf(long points) => Perplexity ?? Math.Min(30, points / 3.0);

    internal void Validate(long points)
    {
        SampleChecks.RequireRange(Dimensions, Dimensions is >= 1 and <= 3, "1 to 3", nameof(Dimensions));
        double perplexity = PerplexityOf(points);
        SampleChecks.RequireRange(
            perplexity, perplexity > 1 && perplexity < points, $"above 1 and below {points}, the number of points", nameof(Perplexity));
        SampleChecks.RequireRange(Iterations, Iterations >= 1, "1 or more", nameof(Iterations));
        SampleChecks.RequireRange(
            LearningRate, LearningRate > 0 && double.IsFinite(LearningRate), "a number above 0", nameof(LearningRate));
        SampleChecks.RequireRange(
            EarlyExaggeration, EarlyExaggeration >= 1 && double.IsFinite(EarlyExaggeration), "1 or more", nameof(EarlyExaggeration));
        SampleChecks.RequireRange(ExaggerationIterations, ExaggerationIterations >= 0, "0 or more", nameof(ExaggerationIterations));
    }
}

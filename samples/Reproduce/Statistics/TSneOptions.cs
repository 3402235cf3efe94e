namespace Reproduce.Statistics;

/// <summary>How <see cref="TSne"/> embeds; the defaults are those of van der Maaten and Hinton 2008. They are checked when it is called.</summary>
public sealed record TSneOptions
{
    /// <summary>The dimensions to reduce to, 1 to 3. Default: 2.</summary>
    public int Dimensions { get; init; } = 2;

    /// <summary>
    /// How many neighbours each point has, smoothly counted: above 1 and below the number of points. Default: 30, or a third of the
    /// points where that is less.
    /// </summary>
    public double? Perplexity { get; init; }

    /// <summary>The steps of gradient descent, 1 or more. Default: 1000.</summary>
    public int Iterations { get; init; } = 1000;

    /// <summary>The step size, above 0. Default: 100.</summary>
    public double LearningRate { get; init; } = 100;

    /// <summary>What attraction is multiplied by at first, 1 or more, so that clusters form. Default: 4.</summary>
    public double EarlyExaggeration { get; init; } = 4;

    /// <summary>For how many steps it is, 0 or more. Default: 50.</summary>
    public int ExaggerationIterations { get; init; } = 50;

    /// <summary>Of the random start. The same seed gives the same embedding on one machine. Default: 1.</summary>
    public long Seed { get; init; } = 1;

    internal double PerplexityOf(long points) => Perplexity ?? Math.Min(30, points / 3.0);

    internal void Validate(long points)
    {
        SampleChecks.RequireRange(Dimensions, Dimensions is >= 1 and <= 3, "1 to 3", nameof(Dimensions));
        double perplexity = PerplexityOf(points);
        SampleChecks.RequireRange(perplexity, perplexity > 1 && perplexity < points, $"above 1 and below {points}, the number of points", nameof(Perplexity));
        SampleChecks.RequireRange(Iterations, Iterations >= 1, "1 or more", nameof(Iterations));
        SampleChecks.RequireRange(LearningRate, LearningRate > 0 && double.IsFinite(LearningRate), "a number above 0", nameof(LearningRate));
        SampleChecks.RequireRange(EarlyExaggeration, EarlyExaggeration >= 1 && double.IsFinite(EarlyExaggeration), "1 or more", nameof(EarlyExaggeration));
        SampleChecks.RequireRange(ExaggerationIterations, ExaggerationIterations >= 0, "0 or more", nameof(ExaggerationIterations));
    }
}

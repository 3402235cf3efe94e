namespace Reproduce.Statistics;

/// <summary>The result of a one-tailed t-test.</summary>
/// <param name="Statistic">The t statistic; positive if the mean of the first sample is greater.</param>
/// <param name="DegreesOfFreedom">Degrees of freedom of Student's t distribution.</param>
/// <param name="Probability">The p-value: the probability of such a t, or a more extreme one, if the means are equal; 0 to 1.</param>
public readonly record struct TTestResult(double Statistic, double DegreesOfFreedom, double Probability)
{
    /// <summary>
    /// Significance stars: "***" for a p-value of at most 0.001, "**" of at most 0.01, "*" of at most 0.05, and empty otherwise. The paper
    /// uses a single star, for 0.05.
    /// </summary>
    public string Stars => Probability switch
    {
        <= 0.001 => "***",
        <= 0.01 => "**",
        <= 0.05 => "*",
        _ => "",
    };
}

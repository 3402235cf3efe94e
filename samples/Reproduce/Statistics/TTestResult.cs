namespace Reproduce.Statistics;

/// <summary>What a t-test found.</summary>
/// <param name="Statistic">t: positive if the first mean is greater.</param>
/// <param name="DegreesOfFreedom">Of Student's distribution.</param>
/// <param name="Probability">p: how likely such a t, or one further out, is if the means are equal.</param>
public readonly record struct TTestResult(double Statistic, double DegreesOfFreedom, double Probability)
{
    /// <summary>Stars for what is significant: one at 0.05, two at 0.01, three at 0.001; none above. The paper has one star, at 0.05.</summary>
    public string Stars => Probability switch
    {
        <= 0.001 => "***",
        <= 0.01 => "**",
        <= 0.05 => "*",
        _ => "",
    };
}

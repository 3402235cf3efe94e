namespace Reproduce.Statistics;

/// <summary>A statistic of a sample and its confidence interval.</summary>
/// <param name="Estimate">The statistic of the sample itself.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end of the interval.</param>
public readonly record struct ConfidenceInterval(double Estimate, double Low, double High);

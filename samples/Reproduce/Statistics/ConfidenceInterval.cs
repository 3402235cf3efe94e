namespace Reproduce.Statistics;

/// <summary>A number estimated from a sample, and the interval that it may lie in.</summary>
/// <param name="Estimate">The number, of the sample itself.</param>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
public readonly record struct ConfidenceInterval(double Estimate, double Low, double High);

namespace Reproduce.Statistics;

/// <summary>What a one-tailed test of two samples asks.</summary>
public enum Alternative
{
    /// <summary>Whether the first mean is greater.</summary>
    Greater,

    /// <summary>Whether the first mean is less.</summary>
    Less,
}

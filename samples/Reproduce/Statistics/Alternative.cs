namespace Reproduce.Statistics;

/// <summary>The alternative hypothesis of a one-tailed test of two samples.</summary>
public enum Alternative
{
    /// <summary>The mean of the first sample is greater than the mean of the second.</summary>
    Greater,

    /// <summary>The mean of the first sample is less than the mean of the second.</summary>
    Less,
}

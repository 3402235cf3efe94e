namespace Mdf.Losses;

/// <summary>How the values of two feature maps are compared.</summary>
public enum FeatureDistance
{
    /// <summary>By their mean squared difference.</summary>
    L2,

    /// <summary>By their mean absolute difference.</summary>
    L1,
}

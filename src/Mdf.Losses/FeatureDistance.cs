namespace Mdf.Losses;

/// <summary>The distance between two feature maps.</summary>
public enum FeatureDistance
{
    /// <summary>Mean squared difference.</summary>
    L2,

    /// <summary>Mean absolute difference.</summary>
    L1,
}

namespace Mdf.Metrics;

/// <summary>Image channels that a metric compares.</summary>
public enum MetricChannels
{
    /// <summary>All channels of the images; their number is not restricted.</summary>
    All,

    /// <summary>
    /// BT.601 luma of RGB images in studio range (<see cref="Imaging.ColorSpace.RgbToLuma"/>), the convention in super-resolution.
    /// </summary>
    Luma,
}

namespace Mdf.Metrics;

/// <summary>The channels that a metric compares.</summary>
public enum MetricChannels
{
    /// <summary>All channels of the images, whatever their number.</summary>
    All,

    /// <summary>The BT.601 luma of RGB images in studio range (<see cref="Imaging.ColorSpace.RgbToLuma"/>), as is custom in super-resolution.</summary>
    Luma,
}

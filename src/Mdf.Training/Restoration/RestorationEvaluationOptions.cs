using Mdf.Losses;
using Mdf.Metrics;
using Mdf.Models.Restoration;

namespace Mdf.Training.Restoration;

/// <summary>How restored images are measured.</summary>
public sealed record RestorationEvaluationOptions
{
    /// <summary>
    /// What PSNR and SSIM compare. Default: null, for what is custom: 8-bit images, of super-resolution only their luma, without a border
    /// as wide as the scale.
    /// </summary>
    public MetricOptions? Metrics { get; init; }

    /// <summary>The tiles that large images are restored in. Default: those of <see cref="TilingOptions"/>.</summary>
    public TilingOptions Tiling { get; init; } = new();

    /// <summary>Whether to average over eight orientations (<see cref="Models.Restoration.SelfEnsemble"/>). Default: false.</summary>
    public bool SelfEnsemble { get; init; }

    /// <summary>LPIPS, on the device of the network, for RGB images as large as it asks for. Default: null, which leaves it out.</summary>
    public LpipsLoss? Lpips { get; init; }

    /// <summary>The most images to measure, the first ones, at least 1. Default: all.</summary>
    public int MaximumCount { get; init; } = int.MaxValue;

    /// <summary>Of the degradation. Default: 1.</summary>
    public long Seed { get; init; } = 1;
}

using Mdf.Guards;
using Mdf.Losses;
using Mdf.Metrics;
using Mdf.Models.Restoration;

namespace Mdf.Training.Restoration;

/// <summary>Settings of <see cref="RestorationEvaluation"/>.</summary>
public sealed record RestorationEvaluationOptions
{
    /// <summary>
    /// Channels, rounding and cropping for PSNR and SSIM. Default: null, for the usual convention: images rounded to 8 bits; for
    /// super-resolution, only the luma of RGB images, and without a border as wide as the scale.
    /// </summary>
    public MetricOptions? Metrics { get; init; }

    /// <summary>Tiles in which large images are restored. Default: the defaults of <see cref="TilingOptions"/>.</summary>
    public TilingOptions Tiling { get; init; } = new();

    /// <summary>
    /// Whether restored images are averaged over eight orientations (<see cref="Models.Restoration.SelfEnsemble"/>). Default: false.
    /// </summary>
    public bool SelfEnsemble { get; init; }

    /// <summary>
    /// LPIPS metric, on the network's device; requires RGB images with sides of at least its minimum side. Default: null, no LPIPS.
    /// </summary>
    public LpipsLoss? Lpips { get; init; }

    /// <summary>Metrics to measure beside PSNR and SSIM, such as <see cref="EvaluationMetric.HaarPsi"/>. Default: none.</summary>
    public IReadOnlyList<EvaluationMetric> Additional { get; init; } = [];

    /// <summary>Maximum number of images to evaluate, counted from the first; at least 1. Default: all.</summary>
    public int MaximumCount { get; init; } = int.MaxValue;

    /// <summary>Seeds the random choices of the degradation. Default: 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Throws an exception if a setting is out of its range.</summary>
    internal void Validate()
    {
        Guard.Require(MaximumCount >= 1, MaximumCount, "at least 1", nameof(MaximumCount));
        Guard.Require(Additional is not null && !Additional.Contains(null), "null", "metrics", nameof(Additional));
        string[] names = [.. Additional!.Select(metric => metric.Name)];
        Guard.Require(
            names.Distinct().Count() == names.Length, string.Join(", ", names), "metrics with different names", nameof(Additional));
    }
}

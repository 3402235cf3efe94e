using Mdf.Metrics;

namespace Mdf.Losses;

/// <summary>Settings of <see cref="SsimLoss"/>.</summary>
public sealed record SsimLossOptions : LossOptions
{
    /// <summary>Window and constants of SSIM. Default: the published values, for images of at least 11 x 11 pixels.</summary>
    public StructuralSimilarityOptions Similarity { get; init; } = new();
}

using Mdf.Metrics;

namespace Mdf.Losses;

/// <summary>Settings of <see cref="MsSsimLoss"/>.</summary>
public sealed record MsSsimLossOptions : LossOptions
{
    /// <summary>
    /// Settings of MS-SSIM. Default: the five published scales, for images of at least 161 x 161 pixels. Smaller images need a smaller
    /// <see cref="MultiScaleStructuralSimilarityOptions.ScaleCount"/>.
    /// </summary>
    public MultiScaleStructuralSimilarityOptions Similarity { get; init; } = new();
}

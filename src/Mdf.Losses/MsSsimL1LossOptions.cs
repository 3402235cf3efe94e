using Mdf.Metrics;

namespace Mdf.Losses;

/// <summary>Settings of <see cref="MsSsimL1Loss"/>.</summary>
public sealed record MsSsimL1LossOptions : LossOptions
{
    /// <summary>Weight w of the MS-SSIM term, 0 to 1; the L1 term has the weight 1 - w. Default: 0.84.</summary>
    public double StructureWeight { get; init; } = 0.84;

    /// <summary>
    /// Settings of MS-SSIM. Default: the five published scales, for images of at least 161 x 161 pixels. Smaller images need a smaller
    /// <see cref="MultiScaleStructuralSimilarityOptions.ScaleCount"/>.
    /// </summary>
    public MultiScaleStructuralSimilarityOptions Similarity { get; init; } = new();
}

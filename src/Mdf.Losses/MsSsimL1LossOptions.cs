using Mdf.Metrics;

namespace Mdf.Losses;

/// <summary>Settings of <see cref="MsSsimL1Loss"/>.</summary>
public sealed record MsSsimL1LossOptions : LossOptions
{
    /// <summary>The weight of the multi-scale structural similarity; that of L1 is what it lacks to 1. Default: 0.84. Range: 0 to 1.</summary>
    public double StructureWeight { get; init; } = 0.84;

    /// <summary>As in <see cref="MsSsimLossOptions.Similarity"/>.</summary>
    public MultiScaleStructuralSimilarityOptions Similarity { get; init; } = new();
}

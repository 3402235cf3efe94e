using Mdf.Metrics;

namespace Mdf.Losses;

/// <summary>Settings of <see cref="MsSsimLoss"/>.</summary>
public sealed record MsSsimLossOptions : LossOptions
{
    /// <summary>
    /// The scales. Default: the five published ones, which take images of at least 161 x 161 pixels; smaller images need fewer
    /// (<see cref="MultiScaleStructuralSimilarityOptions.ScaleCount"/>).
    /// </summary>
    public MultiScaleStructuralSimilarityOptions Similarity { get; init; } = new();
}

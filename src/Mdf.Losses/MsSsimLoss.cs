using Mdf.Guards;
using Mdf.Metrics;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// The MS-SSIM loss, 1 minus the multi-scale structural similarity of each image: from 0 (equal) to 1. Images may have any number of
/// channels.
/// </summary>
/// <remarks>
/// <see cref="MultiScaleStructuralSimilarity"/> describes the computation and the differences from the variant of the authors of MDF.
/// </remarks>
public sealed class MsSsimLoss : SimilarityLoss
{
    private readonly MultiScaleStructuralSimilarityOptions similarity;

    /// <summary>Creates the loss.</summary>
    /// <param name="options">Settings; null for the published settings.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public MsSsimLoss(MsSsimLossOptions? options = null)
        : base(options ??= new MsSsimLossOptions())
    {
        Guard.NotNull(options.Similarity);
        similarity = options.Similarity;
    }

    private protected override Tensor Whole(Tensor restored, Tensor reference) =>
        MultiScaleStructuralSimilarity.PerChannel(restored, reference, similarity).mean([1]).Times(-1).Plus(1);

    private protected override (Tensor Losses, Tensor? Gradient) InTiles(Tensor restored, Tensor reference, bool wantsGradient)
    {
        (Tensor similarities, Tensor? gradient) = TiledSimilarity.MultiScale(
            restored, reference, MetricImages.AtLeastFloat32, similarity, wantsGradient);
        return (similarities.mean([1]).Times(-1).Plus(1), gradient?.Multiply(-1));
    }
}

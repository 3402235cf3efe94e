using Mdf.Guards;
using Mdf.Metrics;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// The SSIM loss, 1 minus the mean structural similarity of each image: from 0 (equal) to 2. Images may have any number of channels.
/// </summary>
/// <remarks>
/// <see cref="StructuralSimilarity"/> describes the computation and the differences from the variant of the authors of MDF.
/// </remarks>
public sealed class SsimLoss : SimilarityLoss
{
    private readonly StructuralSimilarityOptions similarity;

    /// <summary>Creates the loss.</summary>
    /// <param name="options">Settings; null for the published settings.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public SsimLoss(SsimLossOptions? options = null)
        : base(options ??= new SsimLossOptions())
    {
        Guard.NotNull(options.Similarity);
        similarity = options.Similarity;
    }

    private protected override Tensor Whole(Tensor restored, Tensor reference) =>
        StructuralSimilarity.Map(restored, reference, similarity).mean([1, 2, 3]).Times(-1).Plus(1);

    private protected override (Tensor Losses, Tensor? Gradient) InTiles(Tensor restored, Tensor reference, bool wantsGradient)
    {
        (Tensor similarities, Tensor? gradient) = TiledSimilarity.Single(
            restored, reference, MetricImages.AtLeastFloat32, similarity, wantsGradient);
        return (similarities.Times(-1).Plus(1), gradient?.Multiply(-1));
    }
}

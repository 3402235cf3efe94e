using Mdf.Guards;
using Mdf.Metrics;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// The MS-SSIM + L1 loss, <c>0.84 (1 - MS-SSIM) + 0.16 mean(|x - y|)</c>: a weighted sum of multi-scale structural similarity and absolute
/// difference, for images with any number of channels.
/// </summary>
/// <remarks>
/// Zhao, Gallo, Frosio and Kautz, "Loss Functions for Image Restoration with Neural Networks", 2017. This class follows the variant of the
/// authors of MDF, which does not weight the absolute differences by a Gaussian.
/// </remarks>
public sealed class MsSsimL1Loss : SimilarityLoss
{
    private readonly MultiScaleStructuralSimilarityOptions similarity;
    private readonly double structureWeight;

    /// <summary>Creates the loss.</summary>
    /// <param name="options">Settings; null for the published settings.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public MsSsimL1Loss(MsSsimL1LossOptions? options = null)
        : base(options ??= new MsSsimL1LossOptions())
    {
        Guard.InRange(options.StructureWeight, 0, 1);
        Guard.NotNull(options.Similarity);
        structureWeight = options.StructureWeight;
        similarity = options.Similarity;
    }

    private protected override Tensor Whole(Tensor restored, Tensor reference) => Weighted(
        MultiScaleStructuralSimilarity.PerChannel(restored, reference, similarity), Difference(restored, reference).abs());

    private protected override (Tensor Losses, Tensor? Gradient) InTiles(Tensor restored, Tensor reference, bool wantsGradient)
    {
        (Tensor similarities, Tensor? gradient) = TiledSimilarity.MultiScale(
            restored, reference, MetricImages.AtLeastFloat32, similarity, wantsGradient);
        using Tensor difference = Difference(restored.detach(), reference.detach());
        using Tensor? signs = wantsGradient ? difference.sign() : null;
        long values = difference.numel() / difference.shape[0];
        gradient?.Multiply(-structureWeight).Add(signs!, (1 - structureWeight) / values);
        return (Weighted(similarities, difference.abs_()), gradient);
    }

    private Tensor Weighted(Tensor similarities, Tensor differences) => similarities.mean([1]).Times(-1).Plus(1).Times(structureWeight)
        .Plus(differences.mean([1, 2, 3]).Times(1 - structureWeight));
}

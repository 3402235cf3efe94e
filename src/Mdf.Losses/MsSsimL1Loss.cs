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
public sealed class MsSsimL1Loss : ImageLoss
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

    private protected override Tensor PerImage(Tensor restored, Tensor reference)
    {
        Tensor similarities = MultiScaleStructuralSimilarity.PerChannel(restored, reference, similarity).mean([1]);
        Tensor differences = Difference(restored, reference).abs().mean([1, 2, 3]);
        return similarities.Times(-1).Plus(1).Times(structureWeight).Plus(differences.Times(1 - structureWeight));
    }
}

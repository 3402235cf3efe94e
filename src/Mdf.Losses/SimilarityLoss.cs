using Mdf.Metrics;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// Base class of the losses that are made of a metric: <see cref="SsimLoss"/>, <see cref="MsSsimLoss"/>, <see cref="MsSsimL1Loss"/>,
/// <see cref="HaarPsiLoss"/> and <see cref="GmsdLoss"/>.
/// </summary>
/// <remarks>
/// Batches of more than 4 million values are compared in tiles, so memory beyond the images and the gradient does not grow with them. Then
/// <c>forward</c> computes the gradient of the restored images along with the loss.
/// </remarks>
public abstract class SimilarityLoss : ImageLoss
{
    private protected SimilarityLoss(LossOptions options)
        : base(options)
    {
    }

    private protected sealed override Tensor PerImage(Tensor restored, Tensor reference)
    {
        return Evaluate(
            restored, Learns(reference) || !TiledSimilarity.IsLarge(restored.shape), Fused, images => Whole(images, reference));

        (Tensor Losses, Tensor? Gradient) Fused(bool wantsGradient)
        {
            (Tensor losses, Tensor? gradient) = InTiles(restored, reference, wantsGradient);
            return (losses, gradient?.to(restored.dtype));
        }
    }

    /// <summary>Returns each image's loss by ordinary operations.</summary>
    private protected abstract Tensor Whole(Tensor restored, Tensor reference);

    /// <summary>Returns each image's loss and, if wanted, its gradient with respect to that restored image.</summary>
    private protected abstract (Tensor Losses, Tensor? Gradient) InTiles(Tensor restored, Tensor reference, bool wantsGradient);
}

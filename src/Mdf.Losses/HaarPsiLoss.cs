using Mdf.Guards;
using Mdf.Metrics;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// The HaarPSI loss, 1 minus the Haar wavelet-based perceptual similarity index of each image: from 0 (equal) to 1. Images are grey (1
/// channel) or RGB, with sides of at least 16 pixels.
/// </summary>
/// <remarks>
/// <see cref="HaarPsi"/> describes the computation. Wavelets do not see a uniform change of brightness, which counts at the image's edge
/// only, so combine the loss with one of pixels, as in <c>new L1Loss().Plus(0.1, new HaarPsiLoss())</c>.
/// </remarks>
/// <param name="options">Settings; null for the defaults.</param>
/// <exception cref="ArgumentException">An option is out of its range.</exception>
public sealed class HaarPsiLoss(LossOptions? options = null) : SimilarityLoss(options ?? new LossOptions())
{
    private protected override IImageRequirements Requirements { get; } = new GrayOrRgbImages(HaarPsi.MinimumSide);

    private protected override Tensor Whole(Tensor restored, Tensor reference) =>
        HaarPsi.Deficits(MetricImages.AtLeastFloat32(restored), MetricImages.AtLeastFloat32(reference));

    private protected override (Tensor Losses, Tensor? Gradient) InTiles(Tensor restored, Tensor reference, bool wantsGradient) =>
        HaarPsi.TiledDeficits(restored, reference, MetricImages.AtLeastFloat32, wantsGradient);
}

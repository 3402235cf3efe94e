using Mdf.Guards;
using Mdf.Metrics;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// The GMSD loss, the gradient magnitude similarity deviation of each image: from 0 (equal) to about 0.5. Images are grey (1 channel) or
/// RGB, with sides of at least 6 pixels.
/// </summary>
/// <remarks>
/// <see cref="Gmsd"/> describes the computation. The loss looks at edges: a change of brightness or colour hardly counts, so combine the
/// loss with one of pixels, as in <c>new L1Loss().Plus(1, new GmsdLoss())</c>. The gradient is 0 for equal images.
/// </remarks>
/// <param name="options">Settings; null for the defaults.</param>
/// <exception cref="ArgumentException">An option is out of its range.</exception>
public sealed class GmsdLoss(LossOptions? options = null) : SimilarityLoss(options ?? new LossOptions())
{
    private protected override IImageRequirements Requirements { get; } = new GrayOrRgbImages(Gmsd.MinimumSide);

    private protected override Tensor Whole(Tensor restored, Tensor reference) =>
        Gmsd.Deviations(MetricImages.AtLeastFloat32(restored), MetricImages.AtLeastFloat32(reference));

    private protected override (Tensor Losses, Tensor? Gradient) InTiles(Tensor restored, Tensor reference, bool wantsGradient) =>
        Gmsd.TiledDeviations(restored, reference, MetricImages.AtLeastFloat32, wantsGradient);
}

using Mdf.Guards;
using Mdf.Metrics;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// The gradient or edge loss, the mean absolute difference of horizontal derivatives plus that of vertical derivatives. Derivatives are
/// those of Sobel's 3 x 3 filters per pixel. Images may have any number of channels, with sides of at least 3 pixels.
/// </summary>
/// <remarks>
/// The loss compares edges alone: a uniform change of brightness does not count, so combine the loss with one of pixels, as in
/// <c>new L1Loss().Plus(0.5, new GradientLoss())</c>. Windows lie inside the images. Libraries with filters that are not divided by 8, and
/// with zeros around the images, give values about 8 times as large.
/// </remarks>
/// <param name="options">Settings; null for the defaults.</param>
/// <exception cref="ArgumentException">An option is out of its range.</exception>
public sealed class GradientLoss(LossOptions? options = null) : ImageLoss(options ?? new LossOptions())
{
    private protected override IImageRequirements Requirements { get; } = new AnyImages(MinimumSide: 3);

    private protected override Tensor PerImage(Tensor restored, Tensor reference)
    {
        Tensor difference = Difference(restored, reference);
        return Mean(along: 3, across: 2).Plus(Mean(along: 2, across: 3));

        Tensor Mean(int along, int across) =>
            GradientMagnitude.Derivative(difference, along, across, GradientMagnitude.Sobel).abs().mean([1, 2, 3]);
    }
}

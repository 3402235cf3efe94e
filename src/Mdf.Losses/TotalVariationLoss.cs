using Mdf.Guards;
using Mdf.Metrics;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// The total variation loss, <c>|TV(x) - TV(y)|</c>: the absolute difference of two images' total variation. The total variation is the
/// mean absolute difference of neighbours, horizontal plus vertical. Images may have any number of channels, with sides of at least 2
/// pixels.
/// </summary>
/// <remarks>
/// <para>
/// Rudin, Osher and Fatemi, "Nonlinear total variation based noise removal algorithms", 1992; the anisotropic form. A restored image with
/// more variation than its reference (noise, ringing) is smoothed, and one with less (blur) is sharpened.
/// </para>
/// <para>
/// With a constant reference, such as <c>zeros_like(restored)</c>, the loss is the total variation of the restored images alone, the usual
/// regulariser without references. piq and kornia sum the differences instead of averaging them.
/// </para>
/// </remarks>
/// <param name="options">Settings; null for the defaults.</param>
/// <exception cref="ArgumentException">An option is out of its range.</exception>
public sealed class TotalVariationLoss(LossOptions? options = null) : ImageLoss(options ?? new LossOptions())
{
    private protected override IImageRequirements Requirements { get; } = new AnyImages(MinimumSide: 2);

    private protected override Tensor PerImage(Tensor restored, Tensor reference) => (Variation(restored) - Variation(reference)).abs();

    private static Tensor Variation(Tensor images)
    {
        Tensor values = MetricImages.AtLeastFloat32(images);
        return values.diff(dim: 2).abs().mean([1, 2, 3]).Plus(values.diff(dim: 3).abs().mean([1, 2, 3]));
    }
}

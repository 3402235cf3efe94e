using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Metrics;

/// <summary>
/// The peak signal-to-noise ratio, in dB: <c>10 log10(R^2 / mean((x - y)^2))</c> with the data range R; infinite for equal images.
/// </summary>
/// <remarks>
/// The mean is taken over all pixels and channels of an image, and the ratio of each image by itself: the mean of the ratios of several
/// images is not the ratio of their mean error. With <see cref="MetricChannels.Luma"/> and a crop it is BasicSR's
/// <c>calculate_psnr(test_y_channel=True)</c>, which does not round the luma either and has its peak at 255, not at 235.
/// </remarks>
public static class Psnr
{
    /// <summary>Measures each image.</summary>
    /// <param name="restored">Restored images, (N, C, H, W), floating point.</param>
    /// <param name="reference">Reference images of the same shape, type and device.</param>
    /// <param name="options">What to compare; null for the images as they are, in [0, 1].</param>
    /// <returns>(N), float64, in dB; higher is better.</returns>
    /// <exception cref="ArgumentException">Shape, type or device are not as described, or nothing is left after cropping.</exception>
    public static Tensor Measure(Tensor restored, Tensor reference, MetricOptions? options = null)
    {
        using var scope = NewDisposeScope();
        (Tensor x, Tensor y) = MetricImages.Prepare(restored, reference, options ?? new MetricOptions());
        return (x - y).Squared().mean([1, 2, 3]).log10().Times(-10).MoveToOuterDisposeScope();
    }
}

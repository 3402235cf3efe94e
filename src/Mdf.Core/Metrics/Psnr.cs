using Mdf.Tiling;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Metrics;

/// <summary>
/// Measures the peak signal-to-noise ratio (PSNR) in dB: <c>10 log10(R^2 / mean((x - y)^2))</c> with the data range R; infinite for equal
/// images.
/// </summary>
/// <remarks>
/// The error is averaged over all pixels and channels of an image, and each image has its own PSNR; the mean PSNR of several images differs
/// from the PSNR of their mean error. With <see cref="MetricChannels.Luma"/> and a cropped border the result equals BasicSR's
/// <c>calculate_psnr(test_y_channel=True)</c>, which does not round the luma either and uses a peak of 255, not 235.
/// </remarks>
public static class Psnr
{
    /// <summary>
    /// PSNR in dB of the rounding error of 8-bit images, <c>10 log10(12 x 255^2)</c>. Evaluations limit the PSNR of each image to this
    /// value, so
    /// that an image restored exactly does not make a mean infinite.
    /// </summary>
    public const double EightBitLimit = 58.922616;

    /// <summary>Measures each image.</summary>
    /// <param name="restored">Restored images, (N, C, H, W), floating point.</param>
    /// <param name="reference">Reference images of the same shape, type and device.</param>
    /// <param name="options">Options that select the part of the images to compare; null compares the whole images, in [0, 1].</param>
    /// <returns>(N), float64, in dB; higher is better.</returns>
    /// <exception cref="ArgumentException">
    /// The images differ in shape, type or device, are not floating-point (N, C, H, W), or have no pixels left after cropping.
    /// </exception>
    public static Tensor Measure(Tensor restored, Tensor reference, MetricOptions? options = null)
    {
        using var scope = NewDisposeScope();
        options ??= new MetricOptions();
        (Tensor x, Tensor y) = MetricImages.Selected(restored, reference, options);
        Tensor errors = zeros([x.shape[0]], ScalarType.Float64, x.device);
        foreach (Tile tile in MetricImages.Tiles(x, windowSize: 1))
        {
            using var ofTile = NewDisposeScope();
            Tensor difference = MetricImages.Values(tile.Of(x), options) - MetricImages.Values(tile.Of(y), options);
            double share = (double)(tile.Rows.Length * tile.Columns.Length) / (x.shape[2] * x.shape[3]);
            errors.narrow(0, tile.FirstImage, tile.Images).Add(difference.Square().mean([1, 2, 3]), share);
        }

        return errors.log10().Times(-10).MoveToOuterDisposeScope();
    }
}

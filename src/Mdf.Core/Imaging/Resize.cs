using System.Globalization;
using static TorchSharp.torch;

namespace Mdf.Imaging;

/// <summary>
/// Resizes images as MATLAB's <c>imresize</c> does, which made the low-resolution images of most super-resolution benchmarks: the kernel
/// is stretched by the factor when shrinking (antialiasing), pixel centres lie at half integers, and beyond the borders the image is
/// mirrored with its edge pixels repeated.
/// </summary>
/// <remarks>
/// Gradients flow. Bicubic results overshoot at edges and are neither clipped nor rounded. float16 and bfloat16 images are computed in
/// float32.
/// </remarks>
public static class Resize
{
    /// <summary>Resizes to a given size by the bicubic kernel of Keys (1981), a = -0.5.</summary>
    /// <param name="images">(N, C, H, W) of any floating-point type, on any device.</param>
    /// <param name="height">Rows of the result, at least 1.</param>
    /// <param name="width">Columns of the result, at least 1.</param>
    /// <returns>(N, C, height, width) of the same type on the same device; the factor of each side is the ratio of its lengths.</returns>
    /// <exception cref="ArgumentException">The images are not as described, or a size is below 1.</exception>
    public static Tensor Bicubic(Tensor images, int height, int width)
    {
        ImageBatch.Require(images, nameof(images));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        return SeparableFilter.Apply(images, Fit(images.shape[2], height, Cubic, 2), Fit(images.shape[3], width, Cubic, 2));
    }

    /// <summary>Resizes by a given factor by the bicubic kernel of Keys (1981), a = -0.5.</summary>
    /// <param name="images">(N, C, H, W) of any floating-point type, on any device.</param>
    /// <param name="factor">What every length is multiplied by, positive: 0.25 makes images four times smaller each way.</param>
    /// <returns>
    /// (N, C, ceil(H factor), ceil(W factor)) of the same type on the same device. Where a length is no whole multiple, the distance of
    /// pixels is still exactly 1 / factor, which <see cref="Bicubic(Tensor, int, int)"/> with the same size would change.
    /// </returns>
    /// <exception cref="ArgumentException">The images are not as described, or the factor is not positive and finite.</exception>
    public static Tensor Bicubic(Tensor images, double factor)
    {
        ImageBatch.Require(images, nameof(images));
        if (!double.IsFinite(factor) || factor <= 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(factor), string.Create(CultureInfo.InvariantCulture, $"Expected a positive factor, got {factor}."));
        }

        AxisFilter Filter(long length) => Scaled(length, ScaledLength(length, factor), factor, Cubic, 2, antialias: true);
        return SeparableFilter.Apply(images, Filter(images.shape[2]), Filter(images.shape[3]));
    }

    /// <summary>Resizes to a given size by the triangular kernel.</summary>
    /// <param name="images">(N, C, H, W) of any floating-point type, on any device.</param>
    /// <param name="height">Rows of the result, at least 1.</param>
    /// <param name="width">Columns of the result, at least 1.</param>
    /// <param name="antialias">
    /// Whether the kernel is stretched when shrinking, as in MATLAB and Pillow; without it, as in PyTorch's <c>interpolate</c>, a pixel of
    /// the result depends on four of the image however small the result is.
    /// </param>
    /// <returns>(N, C, height, width) of the same type on the same device; the factor of each side is the ratio of its lengths.</returns>
    /// <exception cref="ArgumentException">The images are not as described, or a size is below 1.</exception>
    public static Tensor Bilinear(Tensor images, int height, int width, bool antialias = true)
    {
        ImageBatch.Require(images, nameof(images));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        return SeparableFilter.Apply(
            images, Fit(images.shape[2], height, Triangle, 1, antialias), Fit(images.shape[3], width, Triangle, 1, antialias));
    }

    private static AxisFilter Fit(long input, int output, Func<double, double> kernel, double support, bool antialias = true)
        => Scaled(input, output, output / (double)input, kernel, support, antialias);

    private static AxisFilter Scaled(long input, int output, double factor, Func<double, double> kernel, double support, bool antialias)
    {
        double shrink = antialias ? Math.Min(factor, 1) : 1;
        return new AxisFilter((int)input, output, (0.5 / factor) - 0.5, 1 / factor, support / shrink, x => kernel(x * shrink));
    }

    // What rounding alone puts above a whole number is that number: 100 x 0.07 is 7.000000000000001.
    private static int ScaledLength(long length, double factor) => checked((int)Math.Max(1, Math.Ceiling((length * factor) - 1e-9)));

    private static double Cubic(double x) => Math.Abs(x) switch
    {
        <= 1 and var t => (((1.5 * t) - 2.5) * t * t) + 1,
        < 2 and var t => (((((-0.5 * t) + 2.5) * t) - 4) * t) + 2,
        _ => 0,
    };

    private static double Triangle(double x) => Math.Max(0, 1 - Math.Abs(x));
}

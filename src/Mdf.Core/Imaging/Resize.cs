using System.Globalization;
using Mdf.Guards;
using static TorchSharp.torch;

namespace Mdf.Imaging;

/// <summary>
/// Resizes images like MATLAB's <c>imresize</c>, which made the low-resolution images of most super-resolution benchmarks. When shrinking,
/// the kernel is stretched by the factor (antialiasing). Pixel centres lie at half integers. Beyond the borders images are mirrored, with
/// their edge pixels repeated.
/// </summary>
/// <remarks>
/// Resizing is differentiable. Bicubic results overshoot at edges and are neither clipped nor rounded. float16 and bfloat16 images are
/// computed in float32.
/// </remarks>
public static class Resize
{
    /// <summary>Resizes images to a given size with the bicubic kernel of Keys (1981), a = -0.5.</summary>
    /// <param name="images">Images, (N, C, H, W), of any floating-point type, on any device.</param>
    /// <param name="height">Height of the result in pixels, at least 1.</param>
    /// <param name="width">Width of the result in pixels, at least 1.</param>
    /// <returns>
    /// Images, (N, C, height, width), of the same type on the same device. Each side is scaled by the ratio of the new length to the old
    /// one.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The images are empty or have another shape or type, or the height or width is below 1.
    /// </exception>
    public static Tensor Bicubic(Tensor images, int height, int width)
    {
        ImageGuard.Batch(images, nameof(images));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        return SeparableFilter.Apply(images, Fit(images.shape[2], height, Cubic, 2), Fit(images.shape[3], width, Cubic, 2));
    }

    /// <summary>Resizes images by a given factor with the bicubic kernel of Keys (1981), a = -0.5.</summary>
    /// <param name="images">Images, (N, C, H, W), of any floating-point type, on any device.</param>
    /// <param name="factor">Scale factor of both sides, positive and finite; 0.25 makes images four times smaller each way.</param>
    /// <returns>
    /// Images, (N, C, ceil(H factor), ceil(W factor)), of the same type on the same device. Output pixels are exactly 1 / factor input
    /// pixels apart, even if a side is not a whole multiple; <see cref="Bicubic(Tensor, int, int)"/> with the same size would change this
    /// distance.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The images are empty or have another shape or type, or the factor is not positive and finite.
    /// </exception>
    public static Tensor Bicubic(Tensor images, double factor)
    {
        ImageGuard.Batch(images, nameof(images));
        if (!double.IsFinite(factor) || factor <= 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(factor), string.Create(CultureInfo.InvariantCulture, $"Expected a positive, finite factor, got {factor}."));
        }

        AxisFilter Filter(long length) => Scaled(length, ScaledLength(length, factor), factor, Cubic, 2, antialias: true);
        return SeparableFilter.Apply(images, Filter(images.shape[2]), Filter(images.shape[3]));
    }

    /// <summary>Resizes images to a given size with the triangular kernel.</summary>
    /// <param name="images">Images, (N, C, H, W), of any floating-point type, on any device.</param>
    /// <param name="height">Height of the result in pixels, at least 1.</param>
    /// <param name="width">Width of the result in pixels, at least 1.</param>
    /// <param name="antialias">
    /// If true, the kernel is stretched when shrinking, as in MATLAB and Pillow. If false, each pixel of the result depends on at most four
    /// pixels of the image, as in PyTorch's <c>interpolate</c>. Default: true.
    /// </param>
    /// <returns>
    /// Images, (N, C, height, width), of the same type on the same device. Each side is scaled by the ratio of the new length to the old
    /// one.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The images are empty or have another shape or type, or the height or width is below 1.
    /// </exception>
    public static Tensor Bilinear(Tensor images, int height, int width, bool antialias = true)
    {
        ImageGuard.Batch(images, nameof(images));
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

    // Rounding errors must not add a pixel: 100 x 0.07 is 7.000000000000001 in floating point.
    private static int ScaledLength(long length, double factor) => checked((int)Math.Max(1, Math.Ceiling((length * factor) - 1e-9)));

    private static double Cubic(double x) => Math.Abs(x) switch
    {
        <= 1 and var t => (((1.5 * t) - 2.5) * t * t) + 1,
        < 2 and var t => (((((-0.5 * t) + 2.5) * t) - 4) * t) + 2,
        _ => 0,
    };

    private static double Triangle(double x) => Math.Max(0, 1 - Math.Abs(x));
}

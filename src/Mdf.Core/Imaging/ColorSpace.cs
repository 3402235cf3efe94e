using Mdf.Guards;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Imaging;

/// <summary>
/// Converts RGB images to ITU-R BT.601 YCbCr in studio range, like MATLAB's <c>rgb2ycbcr</c> and BasicSR, and to grey. For RGB in [0, 1],
/// luma lies in [16/255, 235/255] and chroma in [16/255, 240/255]. JPEG uses another YCbCr, which fills [0, 1].
/// </summary>
public static class ColorSpace
{
    // Weights of red, green and blue in [0, 1], then a constant; results are in levels of 255.
    private static readonly double[] Luma = [65.481, 128.553, 24.966, 16];
    private static readonly double[] Gray = [76.245, 149.685, 29.07, 0];
    private static readonly double[] BlueDifference = [-37.797, -74.203, 112.0, 128];
    private static readonly double[] RedDifference = [112.0, -93.786, -18.214, 128];
    private static readonly double[] InPhase = [0.5959 * 255, -0.2746 * 255, -0.3213 * 255, 0];
    private static readonly double[] Quadrature = [0.2115 * 255, -0.5227 * 255, 0.3112 * 255, 0];

    /// <summary>Converts RGB images to luma (Y), without rounding.</summary>
    /// <param name="rgb">RGB images, (..., 3, H, W), floating point, in [0, 1], on any device.</param>
    /// <returns>
    /// (..., 1, H, W), in [16/255, 235/255]; float64 for float64 images, otherwise float32. Gradients flow to the images.
    /// </returns>
    /// <exception cref="ArgumentException">The images have another shape, or are not of a floating-point type.</exception>
    public static Tensor RgbToLuma(Tensor rgb) => Convert(rgb, Luma);

    /// <summary>Converts RGB images to luma, blue difference and red difference (Y, Cb, Cr), without rounding.</summary>
    /// <param name="rgb">RGB images, (..., 3, H, W), floating point, in [0, 1], on any device.</param>
    /// <returns>
    /// (..., 3, H, W), in the order Y, Cb, Cr; float64 for float64 images, otherwise float32. Gradients flow to the images.
    /// </returns>
    /// <exception cref="ArgumentException">The images have another shape, or are not of a floating-point type.</exception>
    public static Tensor RgbToYCbCr(Tensor rgb) => Convert(rgb, Luma, BlueDifference, RedDifference);

    /// <summary>
    /// Converts RGB images to grey with the full-range BT.601 weights that JPEG, Pillow and OpenCV use, without rounding.
    /// </summary>
    /// <param name="rgb">RGB images, (..., 3, H, W), floating point, in [0, 1], on any device.</param>
    /// <returns>(..., 1, H, W), in [0, 1]; float64 for float64 images, otherwise float32. Gradients flow to the images.</returns>
    /// <exception cref="ArgumentException">The images have another shape, or are not of a floating-point type.</exception>
    public static Tensor RgbToGray(Tensor rgb) => Convert(rgb, Gray);

    /// <summary>Converts RGB images to YIQ, (..., 3, H, W): grey, in-phase and quadrature, without rounding.</summary>
    internal static Tensor RgbToYiq(Tensor rgb) => Convert(rgb, Gray, InPhase, Quadrature);

    private static Tensor Convert(Tensor rgb, params double[][] components)
    {
        ArgumentNullException.ThrowIfNull(rgb);
        if (rgb.ndim < 3 || rgb.shape[^3] != 3)
        {
            throw new ArgumentException($"rgb has shape {ShapeText.Of(rgb)}; expected (..., 3, H, W).", nameof(rgb));
        }

        if (!rgb.is_floating_point())
        {
            throw new ArgumentException($"rgb is of type {rgb.dtype}; expected floating point values in [0, 1].", nameof(rgb));
        }

        using var scope = NewDisposeScope();
        Tensor[] channels = rgb.to(rgb.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32).unbind(-3);
        Tensor[] converted =
        [
            .. components.Select(c => channels[0].Times(c[0])
                .Plus(channels[1].Times(c[1]))
                .Plus(channels[2].Times(c[2]))
                .Plus(c[3])
                .Over(byte.MaxValue)),
        ];
        return stack(converted, dim: -3).MoveToOuterDisposeScope();
    }
}

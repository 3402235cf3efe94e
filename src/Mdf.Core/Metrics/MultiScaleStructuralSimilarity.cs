using Mdf.TorchCompatibility;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Metrics;

/// <summary>
/// The multi-scale structural similarity (MS-SSIM) of Wang, Simoncelli and Bovik, "Multiscale Structural Similarity for Image Quality
/// Assessment", 2003: contrast and structure at five scales, each half the size of the one before, and luminance at the last, each to
/// the power of its weight, multiplied; from 0 to 1.
/// </summary>
/// <remarks>
/// Each channel has its product, and the channels are averaged, as piq does. A mean of contrast and structure below zero, which has no
/// power, counts as zero. The authors of MDF average over batch and channels before the powers and multiply the luminance of the last
/// scale in at every scale but one, which gives other values.
/// </remarks>
public static class MultiScaleStructuralSimilarity
{
    /// <summary>Measures each image: the mean of its channels.</summary>
    /// <param name="restored">Restored images, (N, C, H, W), floating point.</param>
    /// <param name="reference">Reference images of the same shape, type and device.</param>
    /// <param name="images">What of the images to compare; null for the images as they are, in [0, 1].</param>
    /// <param name="options">The scales; null for the published ones.</param>
    /// <returns>(N), float64, in [0, 1]; higher is better.</returns>
    /// <exception cref="ArgumentException">
    /// Shape, type or device are not as described, or the images are too small after cropping (below 161 pixels by default).
    /// </exception>
    public static Tensor Measure(Tensor restored, Tensor reference, MetricOptions? images = null, MultiScaleStructuralSimilarityOptions? options = null)
    {
        using var scope = NewDisposeScope();
        (Tensor x, Tensor y) = MetricImages.Prepare(restored, reference, images ?? new MetricOptions());
        return PerChannel(x, y, options).mean([1]).MoveToOuterDisposeScope();
    }

    /// <summary>The similarity of each channel, which gradients go through: what <c>MsSsimLoss</c> averages.</summary>
    /// <param name="restored">
    /// Restored images, (N, C, H, W), floating point in [0, 1], sides at least <see cref="MultiScaleStructuralSimilarityOptions.MinimumSide"/>.
    /// </param>
    /// <param name="reference">Reference images of the same shape, type and device.</param>
    /// <param name="options">The scales; null for the published ones.</param>
    /// <returns>(N, C); float64 for float64 images, else float32.</returns>
    /// <exception cref="ArgumentException">Shape, type or device are not as described.</exception>
    public static Tensor PerChannel(Tensor restored, Tensor reference, MultiScaleStructuralSimilarityOptions? options = null)
    {
        options ??= new MultiScaleStructuralSimilarityOptions();
        MetricImages.Check(restored, reference);
        RequireSide(restored, options);
        using var scope = NewDisposeScope();
        (Tensor x, Tensor y) = (MetricImages.AtLeastFloat32(restored), MetricImages.AtLeastFloat32(reference));
        double[] weights = options.Weights;
        Tensor product = ones([x.shape[0], x.shape[1]], x.dtype, x.device);
        for (int scale = 0; scale < weights.Length; scale++)
        {
            if (scale > 0)
            {
                (x, y) = (Halve(x, options.OddSides), Halve(y, options.OddSides));
            }

            SimilarityMaps maps = SimilarityMaps.Of(x, y, options.Window);
            Tensor map = scale == weights.Length - 1 ? maps.Luminance * maps.ContrastAndStructure : maps.ContrastAndStructure;
            product = product * Power(map.mean([2, 3]), weights[scale]);
        }

        return product.MoveToOuterDisposeScope();
    }

    private static Tensor Halve(Tensor images, OddSides oddSides)
    {
        bool pads = oddSides == OddSides.Replicate && (images.shape[2] % 2 == 1 || images.shape[3] % 2 == 1);
        Tensor even = pads ? nn.functional.pad(images, [1, 0, 1, 0], PaddingModes.Replicate) : images;
        return nn.functional.avg_pool2d(even, 2);
    }

    // The power of what is above zero, and zero elsewhere, with a gradient of zero there: that of the power itself is infinite at zero.
    private static Tensor Power(Tensor values, double exponent)
    {
        Tensor isPositive = values.IsAbove(0);
        return where(isPositive, where(isPositive, values, ones_like(values)).ToThe(exponent), zeros_like(values));
    }

    private static void RequireSide(Tensor restored, MultiScaleStructuralSimilarityOptions options)
    {
        long side = Math.Min(restored.shape[2], restored.shape[3]);
        if (side >= options.MinimumSide)
        {
            return;
        }

        int scales = options.Weights.Length;
        int possible = Enumerable.Range(1, scales).TakeWhile(n => options.MinimumSideOf(n) <= side).Count();
        string advice = possible > 0
            ? $"{nameof(options.ScaleCount)} of at most {possible} takes images of this size"
            : $"even {nameof(options.ScaleCount)} of 1 takes {options.MinimumSideOf(1)}";
        throw new ArgumentException(
            $"restored is {restored.shape[2]} pixels high and {restored.shape[3]} wide; expected at least {options.MinimumSide} either way for {scales} scales ({advice}).",
            nameof(restored));
    }
}

using Mdf.Guards;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Metrics;

/// <summary>
/// Measures the multi-scale structural similarity (MS-SSIM), from 0 to 1, of Wang, Simoncelli and Bovik, "Multiscale Structural Similarity
/// for Image Quality Assessment", 2003. Contrast and structure are compared at five scales, each half the size of the previous one, and
/// luminance at the last scale. The result is the product of these terms, each raised to the weight of its scale.
/// </summary>
/// <remarks>
/// The product is computed per channel, and the channels are averaged, as in piq. A negative mean of contrast and structure has no real
/// power and counts as zero. The authors of MDF average over batch and channels before taking powers and multiply the luminance of the last
/// scale in at every scale but one, which gives other values.
/// </remarks>
public static class MultiScaleStructuralSimilarity
{
    /// <summary>Measures each image: the mean similarity of its channels.</summary>
    /// <param name="restored">Restored images, (N, C, H, W), floating point.</param>
    /// <param name="reference">Reference images of the same shape, type and device.</param>
    /// <param name="images">Options that select the part of the images to compare; null compares the whole images, in [0, 1].</param>
    /// <param name="options">Scales and their weights; null for the published values.</param>
    /// <returns>(N), float64, in [0, 1]; higher is better.</returns>
    /// <exception cref="ArgumentException">
    /// The images differ in shape, type or device, are not floating-point (N, C, H, W), or are too small after cropping (below 161 pixels
    /// by default).
    /// </exception>
    public static Tensor Measure(
        Tensor restored, Tensor reference, MetricOptions? images = null, MultiScaleStructuralSimilarityOptions? options = null)
    {
        using var scope = NewDisposeScope();
        images ??= new MetricOptions();
        options ??= new MultiScaleStructuralSimilarityOptions();
        (Tensor x, Tensor y) = MetricImages.Selected(restored, reference, images);
        RequireSide(x, options);
        if (MetricImages.AreDifferentiated(x, y))
        {
            return PerChannel(MetricImages.Values(x, images), MetricImages.Values(y, images), options).mean([1]).MoveToOuterDisposeScope();
        }

        return TiledSimilarity.MultiScale(x, y, values => MetricImages.Values(values, images), options, wantsGradient: false)
            .Similarity.mean([1]).MoveToOuterDisposeScope();
    }

    /// <summary>Measures each channel of each image. Gradients flow to both images; <c>MsSsimLoss</c> averages this result.</summary>
    /// <param name="restored">
    /// Restored images, (N, C, H, W), floating point in [0, 1], with sides of at least
    /// <see cref="MultiScaleStructuralSimilarityOptions.MinimumSide"/>.
    /// </param>
    /// <param name="reference">Reference images of the same shape, type and device.</param>
    /// <param name="options">Scales and their weights; null for the published values.</param>
    /// <returns>(N, C); float64 for float64 images, otherwise float32.</returns>
    /// <exception cref="ArgumentException">
    /// The images differ in shape, type or device, are not floating-point (N, C, H, W), or are too small.
    /// </exception>
    public static Tensor PerChannel(Tensor restored, Tensor reference, MultiScaleStructuralSimilarityOptions? options = null)
    {
        options ??= new MultiScaleStructuralSimilarityOptions();
        ImageGuard.Pair(restored, reference, new AnyImages());
        RequireSide(restored, options);
        using var scope = NewDisposeScope();
        (Tensor x, Tensor y) = (MetricImages.AtLeastFloat32(restored), MetricImages.AtLeastFloat32(reference));
        var means = new Tensor[options.Weights.Length];
        for (int scale = 0; scale < means.Length; scale++)
        {
            if (scale > 0)
            {
                (x, y) = (Halve(x, options.OddSides), Halve(y, options.OddSides));
            }

            SimilarityMaps maps = SimilarityMaps.Of(x, y, options.Window);
            Tensor map = scale == means.Length - 1 ? maps.Similarity : maps.ContrastAndStructure;
            means[scale] = map.mean([2, 3]);
        }

        return Product(means, options.Weights).MoveToOuterDisposeScope();
    }

    /// <summary>Returns the product of the scales' means, each raised to the weight of its scale, in the caller's dispose scope.</summary>
    internal static Tensor Product(Tensor[] means, double[] weights)
    {
        Tensor product = ones_like(means[0], requires_grad: false);
        foreach ((Tensor mean, double weight) in means.Zip(weights))
        {
            product = product * FiniteGradient.Power(mean, weight);
        }

        return product;
    }

    /// <summary>Returns the number of rows and columns that are repeated at the top and at the left before images are halved.</summary>
    internal static int Padding(long[] shape, OddSides oddSides) =>
        oddSides == OddSides.Replicate && (shape[2] % 2 == 1 || shape[3] % 2 == 1) ? 1 : 0;

    private static Tensor Halve(Tensor images, OddSides oddSides)
    {
        int pad = Padding(images.shape, oddSides);
        Tensor even = pad == 0 ? images : nn.functional.pad(images, [pad, 0, pad, 0], PaddingModes.Replicate);
        return nn.functional.avg_pool2d(even, 2);
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
            $"restored is {restored.shape[2]} pixels high and {restored.shape[3]} wide; expected at least {options.MinimumSide} "
            + $"either way for {scales} scales ({advice}).",
            nameof(restored));
    }
}

using static TorchSharp.torch;

namespace Mdf.Metrics;

/// <summary>
/// The structural similarity (SSIM) of Wang, Bovik, Sheikh and Simoncelli, "Image Quality Assessment: From Error Visibility to Structural
/// Similarity", 2004: at each position where an 11 x 11 Gaussian window fits, how alike luminance, contrast and structure are; at most 1.
/// </summary>
/// <remarks>
/// Windows are not padded, each channel is compared by itself, variances are those of the window's weights (not of samples), and images
/// are not shrunk first. So it is piq's <c>ssim(downsample=False)</c>, BasicSR's <c>calculate_ssim</c> and scikit-image's
/// <c>structural_similarity(gaussian_weights=True, use_sample_covariance=False)</c>. The authors of MDF average a map of the images' own
/// size instead, with zeros around them, which gives other values near the edge.
/// </remarks>
public static class StructuralSimilarity
{
    /// <summary>Measures each image: the mean of its map, over channels too.</summary>
    /// <param name="restored">Restored images, (N, C, H, W), floating point.</param>
    /// <param name="reference">Reference images of the same shape, type and device.</param>
    /// <param name="images">What of the images to compare; null for the images as they are, in [0, 1].</param>
    /// <param name="options">The constants; null for the published ones.</param>
    /// <returns>(N), float64, at most 1; higher is better.</returns>
    /// <exception cref="ArgumentException">
    /// Shape, type or device are not as described, or the images are smaller than the window after cropping.
    /// </exception>
    public static Tensor Measure(Tensor restored, Tensor reference, MetricOptions? images = null, StructuralSimilarityOptions? options = null)
    {
        using var scope = NewDisposeScope();
        (Tensor x, Tensor y) = MetricImages.Prepare(restored, reference, images ?? new MetricOptions());
        return Map(x, y, options).mean([1, 2, 3]).MoveToOuterDisposeScope();
    }

    /// <summary>The similarity at each position, which gradients go through: what <c>SsimLoss</c> averages.</summary>
    /// <param name="restored">Restored images, (N, C, H, W), floating point in [0, 1], sides at least the window's.</param>
    /// <param name="reference">Reference images of the same shape, type and device.</param>
    /// <param name="options">The constants; null for the published ones.</param>
    /// <returns>(N, C, H - w + 1, W - w + 1) for windows of side w; float64 for float64 images, else float32.</returns>
    /// <exception cref="ArgumentException">Shape, type or device are not as described.</exception>
    public static Tensor Map(Tensor restored, Tensor reference, StructuralSimilarityOptions? options = null)
    {
        options ??= new StructuralSimilarityOptions();
        MetricImages.Check(restored, reference, options.WindowSize);
        using var scope = NewDisposeScope();
        SimilarityMaps maps = SimilarityMaps.Of(MetricImages.AtLeastFloat32(restored), MetricImages.AtLeastFloat32(reference), options);
        return (maps.Luminance * maps.ContrastAndStructure).MoveToOuterDisposeScope();
    }
}

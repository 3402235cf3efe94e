using Mdf.Guards;
using static TorchSharp.torch;

namespace Mdf.Metrics;

/// <summary>
/// Measures the structural similarity (SSIM), at most 1, of Wang, Bovik, Sheikh and Simoncelli, "Image Quality Assessment: From Error
/// Visibility to Structural Similarity", 2004: the similarity of luminance, contrast and structure at each position where an 11 x 11
/// Gaussian window fits.
/// </summary>
/// <remarks>
/// Windows are not padded, each channel is compared separately, variances are weighted by the window (without sample correction), and
/// images are not downsampled first. The result equals piq's <c>ssim(downsample=False)</c>, BasicSR's <c>calculate_ssim</c> and
/// scikit-image's <c>structural_similarity(gaussian_weights=True, use_sample_covariance=False)</c>. The authors of MDF pad images with
/// zeros and average a map of the images' own size, which gives other values near the edge.
/// </remarks>
public static class StructuralSimilarity
{
    /// <summary>Measures each image: the mean of its similarity map over all positions and channels.</summary>
    /// <param name="restored">Restored images, (N, C, H, W), floating point.</param>
    /// <param name="reference">Reference images of the same shape, type and device.</param>
    /// <param name="images">Options that select the part of the images to compare; null compares the whole images, in [0, 1].</param>
    /// <param name="options">Window and constants; null for the published values.</param>
    /// <returns>(N), float64, at most 1; higher is better.</returns>
    /// <exception cref="ArgumentException">
    /// The images differ in shape, type or device, are not floating-point (N, C, H, W), or are smaller than the window after cropping.
    /// </exception>
    public static Tensor Measure(
        Tensor restored, Tensor reference, MetricOptions? images = null, StructuralSimilarityOptions? options = null)
    {
        using var scope = NewDisposeScope();
        images ??= new MetricOptions();
        options ??= new StructuralSimilarityOptions();
        (Tensor x, Tensor y) = MetricImages.Selected(restored, reference, images);
        ImageGuard.Side(x.shape, options.WindowSize, nameof(restored));
        if (MetricImages.AreDifferentiated(x, y))
        {
            return Map(MetricImages.Values(x, images), MetricImages.Values(y, images), options).mean([1, 2, 3]).MoveToOuterDisposeScope();
        }

        return TiledSimilarity.Single(x, y, values => MetricImages.Values(values, images), options, wantsGradient: false)
            .Similarity.MoveToOuterDisposeScope();
    }

    /// <summary>Computes the similarity at each position. Gradients flow to both images; <c>SsimLoss</c> averages this map.</summary>
    /// <param name="restored">Restored images, (N, C, H, W), floating point in [0, 1], with sides of at least the window size.</param>
    /// <param name="reference">Reference images of the same shape, type and device.</param>
    /// <param name="options">Window and constants; null for the published values.</param>
    /// <returns>(N, C, H - w + 1, W - w + 1) for window size w; float64 for float64 images, otherwise float32.</returns>
    /// <exception cref="ArgumentException">
    /// The images differ in shape, type or device, are not floating-point (N, C, H, W), or are smaller than the window.
    /// </exception>
    public static Tensor Map(Tensor restored, Tensor reference, StructuralSimilarityOptions? options = null)
    {
        options ??= new StructuralSimilarityOptions();
        ImageGuard.Pair(restored, reference, new AnyImages(options.WindowSize));
        using var scope = NewDisposeScope();
        return SimilarityMaps.Of(MetricImages.AtLeastFloat32(restored), MetricImages.AtLeastFloat32(reference), options)
            .Similarity.MoveToOuterDisposeScope();
    }
}

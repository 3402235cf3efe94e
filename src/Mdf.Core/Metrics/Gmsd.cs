using Mdf.Guards;
using Mdf.Tiling;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Metrics;

/// <summary>
/// Measures the gradient magnitude similarity deviation (GMSD), from 0 (equal images) to about 0.5, of Xue, Zhang, Mou and Bovik, "Gradient
/// magnitude similarity deviation: a highly efficient perceptual image quality index", 2014: the standard deviation of the similarity of
/// gradient magnitudes at half size. A lower value means a better match.
/// </summary>
/// <remarks>
/// The result equals piq's <c>gmsd</c>. The grey values of RGB images are compared. A uniform change of brightness counts at the image's
/// edge only, where zeros are assumed around.
/// </remarks>
public static class Gmsd
{
    /// <summary>Smallest height and width of an image in pixels: 6.</summary>
    public const int MinimumSide = 6;

    /// <summary>Positions of maps see the reduced pixels that a filter of 3 x 3 covers.</summary>
    internal static readonly Frame Frame = new(Factor: 2, Before: 1, After: 1);

    private const double Constant = 170.0 / (byte.MaxValue * byte.MaxValue);

    /// <summary>Measures each image. Gradients flow to both images.</summary>
    /// <param name="restored">Restored images, (N, 1, H, W) or (N, 3, H, W) in RGB, floating point.</param>
    /// <param name="reference">Reference images of the same shape, type and device.</param>
    /// <param name="options">Options that select the part of the images to compare; null compares the whole images, in [0, 1].</param>
    /// <returns>(N), float64, 0 or more; lower is better.</returns>
    /// <exception cref="ArgumentException">
    /// The images differ in shape, type or device, are not floating-point (N, C, H, W) with 1 or 3 channels, or are smaller than
    /// <see cref="MinimumSide"/> after cropping.
    /// </exception>
    public static Tensor Measure(Tensor restored, Tensor reference, MetricOptions? options = null)
    {
        using var scope = NewDisposeScope();
        options ??= new MetricOptions();
        (Tensor x, Tensor y) = MetricImages.Selected(restored, reference, options, new GrayOrRgbImages(MinimumSide));
        Tensor deviations = MetricImages.AreDifferentiated(x, y)
            ? Deviations(MetricImages.Values(x, options), MetricImages.Values(y, options))
            : TiledDeviations(x, y, values => MetricImages.Values(values, options), wantsGradient: false).Values;
        return deviations.MoveToOuterDisposeScope();
    }

    /// <summary>Returns each image's deviation, (N), in the type of the images and the caller's dispose scope.</summary>
    /// <param name="x">Images, (N, 1, H, W) or (N, 3, H, W), float32 or float64, in [0, 1].</param>
    /// <param name="y">Images of the same shape, type and device.</param>
    internal static Tensor Deviations(Tensor x, Tensor y)
    {
        Tensor deficits = Deficits(x, y, FramedTile.Whole(x.shape, Frame), 0);
        return FiniteGradient.Root((deficits - deficits.mean([1, 2, 3], keepdim: true)).Squared().mean([1, 2, 3]));
    }

    /// <summary>Computes each image's deviation in tiles; the parameters are those of <see cref="TiledSums.Evaluate"/>.</summary>
    internal static (Tensor Values, Tensor? Gradient) TiledDeviations(
        Tensor x, Tensor y, Func<Tensor, Tensor> convert, bool wantsGradient)
    {
        return TiledSums.Evaluate(x, y, convert, Frame, (a, b, tile) => Sums(a, b, tile, 0), Deviation, wantsGradient);

        Tensor Deviation(Tensor sums) => FiniteGradient.Root(Variance(sums, Frame.Reduced(x.shape[2]) * Frame.Reduced(x.shape[3])));
    }

    /// <summary>Returns the sums of the deficits and of their squares, (images, 2), float64.</summary>
    /// <param name="x">Parts of grey or RGB images that the tile's positions see.</param>
    /// <param name="y">Parts of the same shape, type and device.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="masking">The factor of <see cref="MapSimilarity.Deficit"/>.</param>
    internal static Tensor Sums(Tensor x, Tensor y, FramedTile tile, double masking)
    {
        // A variance is a small difference of these sums.
        Tensor deficits = Deficits(x, y, tile, masking).to(ScalarType.Float64);
        return stack([deficits.sum([1, 2, 3]), deficits.Squared().sum([1, 2, 3])], 1);
    }

    /// <summary>Returns the variances, (N), of a number of positions from <see cref="Sums"/>.</summary>
    internal static Tensor Variance(Tensor sums, long positions)
    {
        Tensor means = sums.Over(positions);
        return means.select(1, 1) - means.select(1, 0).Squared();
    }

    private static Tensor Deficits(Tensor x, Tensor y, FramedTile tile, double masking)
    {
        return MapSimilarity.Deficit(Magnitudes(x), Magnitudes(y), Constant, masking);

        Tensor Magnitudes(Tensor images) => GradientMagnitude.Of(tile.Reduced(MetricImages.Gray(images)), GradientMagnitude.Prewitt);
    }
}

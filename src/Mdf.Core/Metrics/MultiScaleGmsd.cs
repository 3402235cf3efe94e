using Mdf.Tiling;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Metrics;

/// <summary>
/// Measures the gradient magnitude similarity deviation on multiple scales (MS-GMSD), from 0 (equal images) to about 0.5, of Zhang, Sander
/// and Bermak, "Gradient magnitude similarity deviation on multiple scales for color image quality assessment", 2017: the root of the
/// weighted mean of the squared deviations at four scales, each half the size of the previous one. A lower value means a better match.
/// </summary>
/// <remarks>
/// The result equals piq's <c>multi_scale_gmsd</c> with its default settings, which leave the chroma out. The grey values of RGB images are
/// compared.
/// </remarks>
public static class MultiScaleGmsd
{
    /// <summary>Smallest height and width of an image in pixels: 17.</summary>
    public const int MinimumSide = 17;

    private const double Masking = 0.5;
    private static readonly double[] Weights = [0.096, 0.596, 0.289, 0.019];
    private static readonly Frame Comparing = new(Factor: 1, Before: 1, After: 1);
    private static readonly Frame Halving = new(Factor: 2, Before: 0, After: 0);

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
        (Tensor x, Tensor y, Func<Tensor, Tensor> convert, bool isDifferentiated) =
            MetricImages.SelectedGray(restored, reference, options, MinimumSide);
        Tensor? squares = null;
        for (int scale = 0; scale < Weights.Length; scale++)
        {
            if (scale > 0)
            {
                (x, y) = isDifferentiated ? (Half(x), Half(y)) : (TiledHalf(x, convert), TiledHalf(y, convert));
                convert = values => values;
            }

            Tensor square = Square(isDifferentiated).Times(Weights[scale]);
            squares = squares is null ? square : squares.Plus(square);
        }

        return FiniteGradient.Root(squares!).MoveToOuterDisposeScope();

        // Returns the squared deviation of each image.
        Tensor Square(bool whole) => whole
            ? Variance(Gmsd.Sums(x, y, FramedTile.Whole(x.shape, Comparing), Masking))
            : TiledSums.Evaluate(
                x, y, convert, Comparing, (a, b, tile) => Gmsd.Sums(a, b, tile, Masking), Variance, wantsGradient: false).Values;

        Tensor Variance(Tensor sums) => Gmsd.Variance(sums, x.shape[2] * x.shape[3]);
    }

    private static Tensor Half(Tensor images) => FramedTile.Whole(images.shape, Halving).Reduced(images);

    private static Tensor TiledHalf(Tensor images, Func<Tensor, Tensor> convert)
    {
        Tensor halves = empty(
            [images.shape[0], 1, Halving.Reduced(images.shape[2]), Halving.Reduced(images.shape[3])], ScalarType.Float64, images.device);
        foreach (FramedTile tile in MetricImages.Tiles(images, Halving))
        {
            using var ofTile = NewDisposeScope();
            tile.OfMap(halves).copy_(tile.Reduced(convert(tile.Of(images))));
        }

        return halves;
    }
}

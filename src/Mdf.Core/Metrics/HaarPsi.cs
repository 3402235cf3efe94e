using Mdf.Guards;
using Mdf.Imaging;
using Mdf.Tiling;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Metrics;

/// <summary>
/// Measures the Haar wavelet-based perceptual similarity index (HaarPSI), from 0 to 1 (equal images), of Reisenhofer, Bosse, Kutyniok and
/// Wiegand, "A Haar wavelet-based perceptual similarity index for image quality assessment", 2018. Haar wavelets of two scales are compared
/// at half size, weighted by those of the third scale.
/// </summary>
/// <remarks>
/// The result equals piq's <c>haarpsi</c> with its default settings. RGB images are compared as YIQ, other images as grey. Images without
/// any wavelet coefficient, which are black, give 1; piq gives infinity for them.
/// </remarks>
public static class HaarPsi
{
    /// <summary>Smallest height and width of an image in pixels: 16.</summary>
    public const int MinimumSide = 16;

    /// <summary>Positions of maps see the reduced pixels that the largest wavelet, of 8 x 8, covers.</summary>
    internal static readonly Frame Frame = new(Factor: 2, Before: 3, After: 4);

    private const double Constant = 30.0 / (byte.MaxValue * byte.MaxValue);
    private const double Steepness = 4.2;

    // The logistic function of the steepness, which a similarity of 1 has, and its distance from 1.
    private static readonly double Best = 1 / (1 + Math.Exp(-Steepness));
    private static readonly double BestRest = 1 / (1 + Math.Exp(Steepness));

    /// <summary>Measures each image. Gradients flow to both images.</summary>
    /// <param name="restored">Restored images, (N, 1, H, W) or (N, 3, H, W) in RGB, floating point.</param>
    /// <param name="reference">Reference images of the same shape, type and device.</param>
    /// <param name="options">Options that select the part of the images to compare; null compares the whole images, in [0, 1].</param>
    /// <returns>(N), float64, in [0, 1]; higher is better.</returns>
    /// <exception cref="ArgumentException">
    /// The images differ in shape, type or device, are not floating-point (N, C, H, W) with 1 or 3 channels, or are smaller than
    /// <see cref="MinimumSide"/> after cropping.
    /// </exception>
    public static Tensor Measure(Tensor restored, Tensor reference, MetricOptions? options = null)
    {
        using var scope = NewDisposeScope();
        options ??= new MetricOptions();
        (Tensor x, Tensor y) = MetricImages.Selected(restored, reference, options, new GrayOrRgbImages(MinimumSide));
        Tensor deficits = MetricImages.AreDifferentiated(x, y)
            ? Deficits(MetricImages.Values(x, options), MetricImages.Values(y, options))
            : TiledDeficits(x, y, values => MetricImages.Values(values, options), wantsGradient: false).Values;
        return deficits.Times(-1).Plus(1).MoveToOuterDisposeScope();
    }

    /// <summary>Returns 1 - HaarPSI of each image, (N), in the type of the images and the caller's dispose scope.</summary>
    /// <param name="x">Images, (N, 1, H, W) or (N, 3, H, W), float32 or float64, in [0, 1].</param>
    /// <param name="y">Images of the same shape, type and device.</param>
    internal static Tensor Deficits(Tensor x, Tensor y) => Deficit(Sums(x, y, FramedTile.Whole(x.shape, Frame)));

    /// <summary>Computes 1 - HaarPSI of each image in tiles; the parameters are those of <see cref="TiledSums.Evaluate"/>.</summary>
    internal static (Tensor Values, Tensor? Gradient) TiledDeficits(
        Tensor x, Tensor y, Func<Tensor, Tensor> convert, bool wantsGradient) =>
        TiledSums.Evaluate(x, y, convert, Frame, Sums, Deficit, wantsGradient);

    // Returns two sums for each image: of the weights, and of the weighted differences between the best logistic value and that of the
    // similarity.
    private static Tensor Sums(Tensor x, Tensor y, FramedTile tile)
    {
        (Tensor colorsX, Tensor colorsY) = (tile.Reduced(Colors(x)), tile.Reduced(Colors(y)));
        var weights = new List<Tensor>();
        var losses = new List<Tensor>();
        foreach (int axis in new[] { 2, 3 })
        {
            Tensor fine = Coefficients(2), medium = Coefficients(4);
            weights.Add(maximum(Wavelet(colorsX, axis, 8).abs(), Wavelet(colorsY, axis, 8).abs()));
            losses.Add(weights[^1] * LogisticLoss(fine.Plus(medium)));

            Tensor Coefficients(int size) =>
                MapSimilarity.Deficit(Wavelet(colorsX, axis, size).abs(), Wavelet(colorsY, axis, size).abs(), Constant);
        }

        if (colorsX.shape[1] == 3)
        {
            Tensor deficits = MapSimilarity.Deficit(Chroma(colorsX), Chroma(colorsY), Constant);
            weights.Add(weights[0].Plus(weights[1]).Times(0.5));
            losses.Add(weights[^1] * LogisticLoss(deficits.sum([1], keepdim: true)));
        }

        return stack([Sum(weights), Sum(losses)], 1);

        static Tensor Sum(List<Tensor> maps) => cat(maps, 1).sum([1, 2, 3]);
    }

    private static Tensor Colors(Tensor images) => images.shape[1] == 1 ? images : ColorSpace.RgbToYiq(images);

    // Returns a luma wavelet's coefficient at each position: the difference of the two halves of a square, divided by its side.
    private static Tensor Wavelet(Tensor colors, int axis, int size)
    {
        int half = size / 2, from = Frame.Before - half + 1;
        long rows = colors.shape[2] - Frame.Before - Frame.After, columns = colors.shape[3] - Frame.Before - Frame.After;
        Tensor seen = colors.narrow(1, 0, 1).narrow(2, from, rows + size - 1).narrow(3, from, columns + size - 1);
        Tensor means = nn.functional.avg_pool2d(seen, axis == 2 ? (half, size) : (size, half), (1, 1));
        long positions = axis == 2 ? rows : columns;
        return (means.narrow(axis, 0, positions) - means.narrow(axis, half, positions)).Times(half);
    }

    // Returns the magnitudes of in-phase and quadrature, averaged over 2 x 2 pixels.
    private static Tensor Chroma(Tensor colors)
    {
        long rows = colors.shape[2] - Frame.Before - Frame.After, columns = colors.shape[3] - Frame.Before - Frame.After;
        Tensor seen = colors.narrow(1, 1, 2).narrow(2, Frame.Before, rows + 1).narrow(3, Frame.Before, columns + 1);
        return nn.functional.avg_pool2d(seen, (2, 2), (1, 1)).abs();
    }

    // Returns f(a) - f(a (1 - d)) for the logistic function f, the steepness a, and the mean d of two deficits, without cancellation.
    private static Tensor LogisticLoss(Tensor sumOfDeficits)
    {
        Tensor scaled = sumOfDeficits.Times(Steepness / 2);
        return (scaled.expm1() * scaled.Times(-1).Plus(Steepness).sigmoid()).Times(BestRest);
    }

    // HaarPSI is (logit(m) / a)^2 of the mean m of logistic values. With m = f(a) - loss, logit(m) is a + change.
    private static Tensor Deficit(Tensor sums)
    {
        Tensor weights = sums.select(1, 0), loss = sums.select(1, 1);
        Tensor mean = loss / where(weights.IsAtMost(0), ones_like(weights), weights);
        Tensor change = (mean.Over(-Best).log1p() - mean.Over(BestRest).log1p()).Over(Steepness);
        return (change * change.Plus(2)).Times(-1);
    }
}

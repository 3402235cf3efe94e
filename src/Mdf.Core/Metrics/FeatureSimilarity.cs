using Mdf.Guards;
using Mdf.Imaging;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Metrics;

/// <summary>
/// Measures the feature similarity (FSIM, FSIMc), from 0 to 1 (equal images), of Zhang, Zhang, Mou and Zhang, "FSIM: a feature similarity
/// index for image quality assessment", 2011. Phase congruency and gradient magnitude are compared at each position, weighted by the larger
/// phase congruency.
/// </summary>
/// <remarks>
/// <para>
/// The results equal piq's <c>fsim</c> with <c>chromatic=False</c> and <c>True</c>. Images without features, such as constant ones, weigh
/// all positions alike; piq gives NaN for black images.
/// </para>
/// <para>
/// Images are first reduced by a whole factor to a shorter side of 256 to 384 pixels. Phase congruency then sees the whole image, so it
/// cannot be computed in tiles. A pair of photographs of any size takes about 200 MB. Memory grows with the longer side of panoramas, and
/// with the number of images if gradients are wanted.
/// </para>
/// </remarks>
public static class FeatureSimilarity
{
    /// <summary>Smallest height and width of an image in pixels: 6, the shortest wavelength of the filters.</summary>
    public const int MinimumSide = PhaseCongruency.ShortestWavelength;

    private const int ReducedSide = 256;
    private const double SquaredRange = byte.MaxValue * byte.MaxValue;
    private const double PhaseConstant = 0.85;
    private const double GradientConstant = 160 / SquaredRange;
    private const double ChromaConstant = 200 / SquaredRange;
    private const double ChromaExponent = 0.03;

    /// <summary>Measures FSIM, which compares grey values. Gradients flow to both images.</summary>
    /// <param name="restored">Restored images, (N, 1, H, W) or (N, 3, H, W) in RGB, floating point.</param>
    /// <param name="reference">Reference images of the same shape, type and device.</param>
    /// <param name="options">Options that select the part of the images to compare; null compares the whole images, in [0, 1].</param>
    /// <returns>(N), float64, in [0, 1]; higher is better.</returns>
    /// <exception cref="ArgumentException">
    /// The images differ in shape, type or device, are not floating-point (N, C, H, W) with 1 or 3 channels, or are smaller than
    /// <see cref="MinimumSide"/> after cropping.
    /// </exception>
    public static Tensor Measure(Tensor restored, Tensor reference, MetricOptions? options = null) =>
        Measure(restored, reference, options ?? new MetricOptions(), isChromatic: false);

    /// <summary>Measures FSIMc, which compares the chroma too. Gradients flow to both images.</summary>
    /// <param name="restored">Restored images, (N, 3, H, W), RGB, floating point.</param>
    /// <param name="reference">Reference images of the same shape, type and device.</param>
    /// <param name="options">
    /// Options that select the part of the images to compare; null compares the whole images, in [0, 1]. Their channels must be
    /// <see cref="MetricChannels.All"/>.
    /// </param>
    /// <returns>(N), float64, in [0, 1]; higher is better.</returns>
    /// <exception cref="ArgumentException">
    /// The images differ in shape, type or device, are not floating-point (N, 3, H, W), or are smaller than <see cref="MinimumSide"/> after
    /// cropping; or the options select the luma.
    /// </exception>
    public static Tensor MeasureColor(Tensor restored, Tensor reference, MetricOptions? options = null)
    {
        options ??= new MetricOptions();
        ImageGuard.Usable(restored, nameof(restored));
        if (options.Channels != MetricChannels.All || (restored.ndim == 4 && restored.shape[1] == 1))
        {
            throw new ArgumentException(
                options.Channels != MetricChannels.All
                    ? $"Channels is {options.Channels}; expected {nameof(MetricChannels.All)} ({nameof(Measure)} compares the luma)."
                    : $"restored has 1 channels; expected 3 (RGB). {nameof(Measure)} takes grey images.",
                options.Channels != MetricChannels.All ? nameof(options) : nameof(restored));
        }

        return Measure(restored, reference, options, isChromatic: true);
    }

    private static Tensor Measure(Tensor restored, Tensor reference, MetricOptions options, bool isChromatic)
    {
        using var scope = NewDisposeScope();
        (Tensor x, Tensor y) = MetricImages.Selected(restored, reference, options, new GrayOrRgbImages(MinimumSide));
        int factor = (int)Math.Max(1, Math.Round(Math.Min(x.shape[2], x.shape[3]) / (double)ReducedSide));
        Func<Tensor, Tensor> colors = isChromatic ? ColorSpace.RgbToYiq : MetricImages.Gray;
        if (MetricImages.AreDifferentiated(x, y))
        {
            return Similarity(
                colors(nn.functional.avg_pool2d(MetricImages.Values(x, options), factor)),
                colors(nn.functional.avg_pool2d(MetricImages.Values(y, options), factor))).MoveToOuterDisposeScope();
        }

        // One by one, because each takes many maps.
        Tensor result = empty([x.shape[0]], ScalarType.Float64, x.device);
        for (long image = 0; image < x.shape[0]; image++)
        {
            using var ofImage = NewDisposeScope();
            Tensor imageX = x.narrow(0, image, 1), imageY = y.narrow(0, image, 1);
            result.narrow(0, image, 1).copy_(
                Similarity(colors(Reduced(imageX, factor, options)), colors(Reduced(imageY, factor, options))));
        }

        return result.MoveToOuterDisposeScope();
    }

    // Averages squares of pixels, band by band.
    private static Tensor Reduced(Tensor image, int factor, MetricOptions options)
    {
        long rows = image.shape[2] / factor, columns = image.shape[3] / factor;
        long step = Math.Max(1, MetricImages.TileSize / (factor * image.shape[1] * image.shape[3]));
        long channels = options.Channels == MetricChannels.Luma ? 1 : image.shape[1];
        Tensor result = empty([1, channels, rows, columns], ScalarType.Float64, image.device);
        for (long row = 0; row < rows; row += step)
        {
            using var ofBand = NewDisposeScope();
            long count = Math.Min(step, rows - row);
            Tensor band = image.narrow(2, row * factor, count * factor);
            result.narrow(2, row, count).copy_(nn.functional.avg_pool2d(MetricImages.Values(band, options), factor));
        }

        return result;
    }

    private static Tensor Similarity(Tensor x, Tensor y)
    {
        (Tensor grayX, Tensor grayY) = (x.narrow(1, 0, 1), y.narrow(1, 0, 1));
        (Tensor phaseX, Tensor phaseY) = (PhaseCongruency.Of(grayX), PhaseCongruency.Of(grayY));
        Tensor similarity = Alike(phaseX, phaseY, PhaseConstant) * Alike(Gradients(grayX), Gradients(grayY), GradientConstant);
        if (x.shape[1] == 3)
        {
            Tensor chroma = Alike(x.narrow(1, 1, 1), y.narrow(1, 1, 1), ChromaConstant)
                * Alike(x.narrow(1, 2, 1), y.narrow(1, 2, 1), ChromaConstant);
            similarity *= FiniteGradient.Power(chroma.abs(), ChromaExponent);
        }

        Tensor weights = maximum(phaseX, phaseY), sums = weights.sum([1, 2, 3], keepdim: true);
        weights = where(sums.IsAtMost(0), ones_like(weights), weights);
        return (similarity * weights).sum([1, 2, 3]) / weights.sum([1, 2, 3]);

        static Tensor Alike(Tensor a, Tensor b, double constant) => MapSimilarity.Deficit(a, b, constant).Times(-1).Plus(1);
    }

    private static Tensor Gradients(Tensor images) =>
        GradientMagnitude.Of(nn.functional.pad(images, [1, 1, 1, 1]), GradientMagnitude.Scharr);
}

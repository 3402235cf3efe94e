using Mdf.Tiling;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Metrics;

/// <summary>
/// Measures the visual information fidelity in the pixel domain (VIFp) of Sheikh and Bovik, "Image information and visual quality", 2006:
/// the information about the reference that the restored image keeps, as a share of what the reference holds. The result is about 1 for
/// equal images, near 0 for images without likeness, and above 1 for images with more contrast than their reference.
/// </summary>
/// <remarks>
/// The result equals piq's <c>vif_p</c> with its default settings. The grey values of RGB images are compared. The order of the arguments
/// matters. A reference without structure holds no information; the result is 1 for it, whatever the restored image.
/// </remarks>
public static class VisualInformationFidelity
{
    /// <summary>Smallest height and width of an image in pixels: 41, so that the windows fit at all four scales.</summary>
    public const int MinimumSide = 41;

    private const double SquaredRange = byte.MaxValue * byte.MaxValue;
    private const double NoiseVariance = 2 / SquaredRange;
    private const double LeastInformation = 1e-8;
    private const double LeastVariance = 1e-8 / SquaredRange;
    private static readonly int[] WindowSizes = [17, 9, 5, 3];

    /// <summary>Measures each image. Gradients flow to both images.</summary>
    /// <param name="restored">Restored images, (N, 1, H, W) or (N, 3, H, W) in RGB, floating point.</param>
    /// <param name="reference">Reference images of the same shape, type and device.</param>
    /// <param name="options">Options that select the part of the images to compare; null compares the whole images, in [0, 1].</param>
    /// <returns>(N), float64, 0 or more; higher is better.</returns>
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
        Tensor? information = null;
        foreach (int size in WindowSizes)
        {
            if (size != WindowSizes[0])
            {
                (x, y) = isDifferentiated ? (Half(x, size), Half(y, size)) : (TiledHalf(x, convert, size), TiledHalf(y, convert, size));
                convert = values => values;
            }

            Tensor ofScale = isDifferentiated ? Information(x, y, size) : TiledInformation(x, y, convert, size);
            information = information is null ? ofScale : information.Plus(ofScale);
        }

        Tensor steady = information!.Plus(LeastInformation);
        return (steady.select(1, 0) / steady.select(1, 1)).MoveToOuterDisposeScope();
    }

    // Returns what the restored images and the references hold, summed over all positions of the window, (N, 2).
    private static Tensor Information(Tensor x, Tensor y, int windowSize)
    {
        Tensor products = cat([x, y, x.Squared(), y.Squared(), x * y], 1);
        Tensor[] moments = Filtered(products, windowSize).unbind(1);
        Tensor covariance = moments[4] - (moments[0] * moments[1]);
        Tensor ofX = (moments[2] - moments[0].Squared()).relu(), ofY = (moments[3] - moments[1].Squared()).relu();
        Tensor isFlatX = ofX.IsAtMost(LeastVariance), isFlatY = ofY.IsAtMost(LeastVariance), none = zeros_like(covariance);

        // The restored image is modelled as gain x reference + noise.
        Tensor gain = covariance / ofY.Plus(LeastVariance);
        Tensor noise = (ofX - (gain * covariance)).AtLeast(LeastVariance);
        Tensor kept = where(isFlatX.logical_or(isFlatY), none, gain.relu());
        Tensor signal = kept.Squared() * ofY / noise.Plus(NoiseVariance);
        return stack([Bits(signal), Bits(where(isFlatY, none, ofY).Over(NoiseVariance))], 1);

        static Tensor Bits(Tensor ratios) => ratios.log1p().sum([1, 2]).Over(Math.Log(10));
    }

    private static Tensor TiledInformation(Tensor x, Tensor y, Func<Tensor, Tensor> convert, int windowSize)
    {
        Tensor sums = zeros([x.shape[0], 2], ScalarType.Float64, x.device);
        foreach (Tile tile in MetricImages.Tiles(x, windowSize))
        {
            using var ofTile = NewDisposeScope();
            sums.narrow(0, tile.FirstImage, tile.Images).Add(Information(convert(tile.Of(x)), convert(tile.Of(y)), windowSize));
        }

        return sums;
    }

    // Returns every second row and column of the filtered images.
    private static Tensor Half(Tensor images, int windowSize) => EverySecond(Filtered(images, windowSize));

    private static Tensor TiledHalf(Tensor images, Func<Tensor, Tensor> convert, int windowSize)
    {
        long rows = (images.shape[2] - windowSize + 2) / 2, columns = (images.shape[3] - windowSize + 2) / 2;
        Tensor halves = empty([images.shape[0], 1, rows, columns], ScalarType.Float64, images.device);
        long step = Math.Max(windowSize, MetricImages.TileSize / (2 * images.shape[1] * images.shape[3]));
        for (long image = 0; image < images.shape[0]; image++)
        {
            for (long row = 0; row < rows; row += step)
            {
                using var ofBand = NewDisposeScope();
                long count = Math.Min(step, rows - row);
                Tensor band = convert(images.narrow(0, image, 1).narrow(2, 2 * row, (2 * count) + windowSize - 2));
                halves.narrow(0, image, 1).narrow(2, row, count).copy_(EverySecond(Filtered(band, windowSize)));
            }
        }

        return halves;
    }

    private static Tensor EverySecond(Tensor images) =>
        images.slice(2, 0, images.shape[2], 2).slice(3, 0, images.shape[3], 2);

    private static Tensor Filtered(Tensor images, int windowSize)
    {
        long[] shape = images.shape;
        Tensor filtered = GaussianWindow.Filter(images.reshape(-1, shape[2], shape[3]), windowSize, windowSize / 5.0);
        return filtered.reshape(shape[0], shape[1], shape[2] - windowSize + 1, shape[3] - windowSize + 1);
    }
}

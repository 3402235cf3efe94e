using Mdf.Guards;
using Mdf.Imaging;
using Mdf.Tiling;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Metrics;

/// <summary>Checks pairs of images and converts them to the values that a metric compares.</summary>
internal static class MetricImages
{
    /// <summary>Number of values per tile. The four moments of its structural similarity take 32 MB in float64.</summary>
    public const long TileSize = 1L << 20;

    /// <summary>Divides images into tiles that overlap so that each position of a window lies in one of them.</summary>
    public static IEnumerable<Tile> Tiles(Tensor images, int windowSize) =>
        Tile.Divide(images.shape, TileSize / images.shape[1], windowSize);

    /// <summary>Divides images into tiles so that each position of a map lies in exactly one of them.</summary>
    public static IEnumerable<FramedTile> Tiles(Tensor images, Frame frame) =>
        FramedTile.Divide(images.shape, TileSize / images.shape[1], frame);

    /// <summary>Returns the grey values of grey or RGB images, (N, 1, H, W).</summary>
    public static Tensor Gray(Tensor images) => images.shape[1] == 1 ? images : ColorSpace.RgbToGray(images);

    /// <summary>Checks a pair of images and returns the parts of them that the options select, as views.</summary>
    /// <param name="restored">The restored images.</param>
    /// <param name="reference">The reference images.</param>
    /// <param name="options">Options that select the part.</param>
    /// <param name="expected">Images that the metric accepts; null for any. The smallest side holds after cropping.</param>
    public static (Tensor Restored, Tensor Reference) Selected(
        Tensor restored, Tensor reference, MetricOptions options, IImageRequirements? expected = null)
    {
        ImageGuard.Pair(restored, reference, expected ?? new AnyImages());
        if (options.Channels == MetricChannels.Luma && restored.shape[1] != 3)
        {
            throw new ArgumentException(
                $"restored has {restored.shape[1]} channels; {nameof(MetricChannels.Luma)} requires 3 (RGB).", nameof(restored));
        }

        long[] kept = [.. restored.shape[..2], .. restored.shape[2..].Select(side => side - (2L * options.CropBorder))];
        string crop = $" after a {nameof(MetricOptions.CropBorder)} of {options.CropBorder}";
        ImageGuard.Side(kept, expected?.MinimumSide ?? 1, nameof(restored), crop);
        return (Part(restored), Part(reference));

        Tensor Part(Tensor images) => images.narrow(2, options.CropBorder, kept[2]).narrow(3, options.CropBorder, kept[3]);
    }

    /// <summary>Checks a pair of grey or RGB images for a metric of grey values at several scales.</summary>
    /// <param name="restored">The restored images.</param>
    /// <param name="reference">The reference images.</param>
    /// <param name="options">Options that select the part and the values.</param>
    /// <param name="minimumSide">Smallest side after cropping.</param>
    /// <returns>
    /// Both images and the function that converts parts of them to grey values. Where gradients flow, the images are converted already.
    /// </returns>
    public static (Tensor X, Tensor Y, Func<Tensor, Tensor> Convert, bool IsDifferentiated) SelectedGray(
        Tensor restored, Tensor reference, MetricOptions options, int minimumSide)
    {
        (Tensor x, Tensor y) = Selected(restored, reference, options, new GrayOrRgbImages(minimumSide));
        return AreDifferentiated(x, y) ? (Converted(x), Converted(y), values => values, true) : (x, y, Converted, false);

        Tensor Converted(Tensor values) => Gray(Values(values, options));
    }

    /// <summary>Returns images in float64, scaled to [0, 1], rounded and converted according to the options.</summary>
    public static Tensor Values(Tensor images, MetricOptions options)
    {
        Tensor values = images.to(ScalarType.Float64).Over(options.DataRange);
        values = options.RoundToBytes ? values.Within(0, 1).Times(byte.MaxValue).round().Over(byte.MaxValue) : values;
        return options.Channels == MetricChannels.Luma ? ColorSpace.RgbToLuma(values) : values;
    }

    /// <summary>Returns whether gradients are to flow to either image.</summary>
    public static bool AreDifferentiated(Tensor x, Tensor y) => is_grad_enabled() && (x.requires_grad || y.requires_grad);

    /// <summary>Converts images to float32, unless they are float64, so that means and variances are accurate.</summary>
    public static Tensor AtLeastFloat32(Tensor images)
        => images.to(images.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32);
}

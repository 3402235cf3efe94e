using Mdf.Guards;
using Mdf.Imaging;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Metrics;

/// <summary>Checks pairs of images and converts them to the values that a metric compares.</summary>
internal static class MetricImages
{
    /// <summary>
    /// Returns both images in float64, scaled to [0, 1] and rounded, converted and cropped according to the options, in the caller's
    /// dispose scope.
    /// </summary>
    public static (Tensor Restored, Tensor Reference) Prepare(Tensor restored, Tensor reference, MetricOptions options)
    {
        ImageGuard.Pair(restored, reference, new AnyImages());
        if (options.Channels == MetricChannels.Luma && restored.shape[1] != 3)
        {
            throw new ArgumentException(
                $"restored has {restored.shape[1]} channels; {nameof(MetricChannels.Luma)} requires 3 (RGB).", nameof(restored));
        }

        long[] kept = [.. restored.shape[..2], .. restored.shape[2..].Select(side => side - (2L * options.CropBorder))];
        ImageGuard.Side(kept, 1, nameof(restored), $" after a {nameof(MetricOptions.CropBorder)} of {options.CropBorder}");
        return (Prepared(restored), Prepared(reference));

        Tensor Prepared(Tensor images)
        {
            Tensor values = images.narrow(2, options.CropBorder, kept[2]).narrow(3, options.CropBorder, kept[3]);
            values = values.to(ScalarType.Float64).Over(options.DataRange);
            values = options.RoundToBytes ? values.Within(0, 1).Times(byte.MaxValue).round().Over(byte.MaxValue) : values;
            return options.Channels == MetricChannels.Luma ? ColorSpace.RgbToLuma(values) : values;
        }
    }

    /// <summary>Converts images to float32, unless they are float64, so that means and variances are accurate.</summary>
    public static Tensor AtLeastFloat32(Tensor images)
        => images.to(images.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32);
}

using Mdf.Imaging;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Metrics;

/// <summary>Validates pairs of images and converts them to the values that a metric compares.</summary>
internal static class MetricImages
{
    /// <summary>Throws unless both tensors are floating-point images, (N, C, H, W), of the same shape, type and device.</summary>
    public static void Check(Tensor restored, Tensor reference, int minimumSide = 1)
    {
        ArgumentNullException.ThrowIfNull(restored);
        ArgumentNullException.ThrowIfNull(reference);
        long[] shape = restored.shape;
        if (shape.Length != 4 || shape.Contains(0))
        {
            throw new ArgumentException($"restored has shape {Text(shape)}; expected (N, C, H, W), none of them 0.", nameof(restored));
        }

        if (!restored.is_floating_point())
        {
            throw new ArgumentException($"restored is of type {restored.dtype}; expected floating point values.", nameof(restored));
        }

        RequireSide(shape, minimumSide, nameof(restored));
        if (!reference.shape.SequenceEqual(shape))
        {
            throw new ArgumentException(
                $"reference has shape {Text(reference.shape)}; expected {Text(shape)}, the shape of restored.", nameof(reference));
        }

        if (reference.dtype != restored.dtype
            || reference.device_type != restored.device_type
            || reference.device_index != restored.device_index)
        {
            throw new ArgumentException(
                $"reference is {reference.dtype} on {reference.device}; expected {restored.dtype} on {restored.device}, as restored is.",
                nameof(reference));
        }
    }

    /// <summary>
    /// Returns both images in float64, scaled to [0, 1] and rounded, converted and cropped according to the options, in the caller's
    /// dispose scope.
    /// </summary>
    public static (Tensor Restored, Tensor Reference) Prepare(Tensor restored, Tensor reference, MetricOptions options)
    {
        Check(restored, reference);
        if (options.Channels == MetricChannels.Luma && restored.shape[1] != 3)
        {
            throw new ArgumentException(
                $"restored has {restored.shape[1]} channels; {nameof(MetricChannels.Luma)} requires 3 (RGB).", nameof(restored));
        }

        long[] kept = [.. restored.shape[..2], .. restored.shape[2..].Select(side => side - (2L * options.CropBorder))];
        RequireSide(kept, 1, nameof(restored), $" after a {nameof(MetricOptions.CropBorder)} of {options.CropBorder}");
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

    private static void RequireSide(long[] shape, int minimumSide, string name, string circumstances = "")
    {
        if (Math.Min(shape[2], shape[3]) < minimumSide)
        {
            throw new ArgumentException(
                $"{name} is {shape[2]} pixels high and {shape[3]} wide{circumstances}; expected at least {minimumSide} either way.", name);
        }
    }

    private static string Text(long[] shape) => $"({string.Join(", ", shape)})";
}

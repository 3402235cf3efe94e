using System.Globalization;
using static TorchSharp.torch;

namespace Mdf.Guards;

/// <summary>Checks batches of images. Messages name the argument, its value and what is expected.</summary>
internal static class ImageGuard
{
    /// <summary>Throws if images are null or disposed.</summary>
    public static void Usable(Tensor images, string name)
    {
        ArgumentNullException.ThrowIfNull(images, name);
        if (images.IsInvalid)
        {
            throw new ObjectDisposedException(name, $"The tensor '{name}' is disposed; expected images that are still in use.");
        }
    }

    /// <summary>Throws unless images are (N, C, H, W), not empty and of a floating-point type.</summary>
    public static void Batch(Tensor images, string name)
    {
        Usable(images, name);
        if (Fault(images) is { } fault)
        {
            throw new ArgumentException($"{name} {fault}.", name);
        }
    }

    /// <summary>Returns the reason why a tensor is not a batch of images, or null if it is one.</summary>
    public static string? Fault(Tensor images)
    {
        long[] shape = images.shape;
        return shape.Length != 4 || shape.Contains(0)
            ? $"has shape {ShapeText.Of(shape)}; expected four dimensions, (N, C, H, W), none of them 0"
            : !IsFloatingPoint(images) ? $"is of type {images.dtype}; expected floating-point values"
            : null;
    }

    /// <summary>Throws unless images are (N, channels, H, W) with at least one pixel.</summary>
    public static void Shape(Tensor images, int channels, string name)
    {
        Usable(images, name);
        if (images.ndim != 4 || images.shape[1] != channels || images.numel() == 0)
        {
            throw new ArgumentException(
                $"{name} has shape {ShapeText.Of(images)}; expected (N, {channels}, H, W) with at least one pixel.", name);
        }
    }

    /// <summary>Throws unless both arguments are images as required, of one shape, type and device.</summary>
    public static void Pair(Tensor restored, Tensor reference, IImageRequirements expected)
    {
        Images(restored, nameof(restored), expected);
        Usable(reference, nameof(reference));
        Alike(ImageForm.Of(restored), ImageForm.Of(reference));
    }

    /// <summary>Throws unless images are as required.</summary>
    public static void Images(Tensor images, string name, IImageRequirements expected)
    {
        Usable(images, name);
        long[] shape = images.shape;
        if (shape.Length != 4)
        {
            string channelText = expected.Channels?.ToString(CultureInfo.InvariantCulture) ?? "C";
            throw new ArgumentException(
                $"{name} has shape {ShapeText.Of(shape)}; expected four dimensions, (N, {channelText}, H, W).", name);
        }

        if (shape[0] == 0)
        {
            throw new ArgumentException($"{name} has shape {ShapeText.Of(shape)}; expected at least one image.", name);
        }

        bool isGray = expected.TakesGray && shape[1] == 1;
        if (shape[1] == 0 || (expected.Channels is { } channels && shape[1] != channels && !isGray))
        {
            throw new ArgumentException(
                $"{name} has {shape[1]} channels (shape {ShapeText.Of(shape)}); expected {expected.Channels ?? 1}"
                + (expected.TakesGray ? ", or 1 for grey images." : "."),
                name);
        }

        if (expected.IsGrayOrRgb && shape[1] is not (1 or 3))
        {
            throw new ArgumentException(
                $"{name} has {shape[1]} channels (shape {ShapeText.Of(shape)}); expected 1 (grey) or 3 (RGB).", name);
        }

        Side(shape, expected.MinimumSide, name);
        if (!IsFloatingPoint(images))
        {
            throw new ArgumentException($"{name} is of type {images.dtype}; expected floating point values in [0, 1].", name);
        }

        if (expected.Device is { } device && !Same(images.device, device))
        {
            throw new ArgumentException(
                $"{name} is on {images.device}; expected {device}, where the loss is (move it with loss.to(device)).", name);
        }
    }

    /// <summary>Throws if height or width is below a smallest side.</summary>
    public static void Side(long[] shape, int minimumSide, string name, string circumstances = "")
    {
        if (Math.Min(shape[2], shape[3]) < minimumSide)
        {
            throw new ArgumentException(
                $"{name} is {shape[2]} pixels high and {shape[3]} wide{circumstances}; expected at least {minimumSide} either way.", name);
        }
    }

    /// <summary>Throws unless the reference has the restored images' shape, type and device.</summary>
    public static void Alike(ImageForm restored, ImageForm reference)
    {
        if (!reference.Shape.SequenceEqual(restored.Shape))
        {
            throw new ArgumentException(
                $"reference has shape {ShapeText.Of(reference.Shape)}; expected {ShapeText.Of(restored.Shape)}, that of restored.",
                nameof(reference));
        }

        if (reference.Type != restored.Type)
        {
            throw new ArgumentException(
                $"reference is of type {reference.Type}; expected {restored.Type}, that of restored.", nameof(reference));
        }

        if (!Same(reference.Device, restored.Device))
        {
            throw new ArgumentException(
                $"reference is on {reference.Device}; expected {restored.Device}, where restored is.", nameof(reference));
        }
    }

    private static bool IsFloatingPoint(Tensor images) =>
        images.dtype is ScalarType.Float32 or ScalarType.Float64 or ScalarType.Float16 or ScalarType.BFloat16;

    private static bool Same(Device one, Device other) => one.type == other.type && one.index == other.index;
}

using System.Globalization;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>What a loss expects of images: their channels, their smallest side, and where it lives itself; null where any will do.</summary>
internal interface IImageRequirements
{
    int? Channels { get; }

    int MinimumSide { get; }

    Device? Device { get; }
}

/// <summary>What two images must have in common to be compared.</summary>
internal readonly record struct ImageForm(long[] Shape, ScalarType Type, Device Device)
{
    public static ImageForm Of(Tensor images) => new(images.shape, images.dtype, images.device);
}

/// <summary>Checks the images given to a loss. Every message names the argument, what was got and what was expected.</summary>
internal static class LossArguments
{
    public static void CheckPair(Tensor restored, Tensor reference, IImageRequirements expected)
    {
        CheckImages(restored, nameof(restored), expected);
        ArgumentNullException.ThrowIfNull(reference);
        CheckAlike(ImageForm.Of(restored), ImageForm.Of(reference));
    }

    public static void CheckImages(Tensor images, string name, IImageRequirements expected)
    {
        ArgumentNullException.ThrowIfNull(images, name);
        long[] shape = images.shape;
        if (shape.Length != 4)
        {
            throw new ArgumentException($"{name} has shape {Text(shape)}; expected four dimensions, (N, {expected.Channels?.ToString(CultureInfo.InvariantCulture) ?? "C"}, H, W).", name);
        }

        if (shape[0] == 0)
        {
            throw new ArgumentException($"{name} has shape {Text(shape)}; expected at least one image.", name);
        }

        if (shape[1] == 0 || (expected.Channels is { } channels && shape[1] != channels))
        {
            throw new ArgumentException($"{name} has {shape[1]} channels (shape {Text(shape)}); expected {expected.Channels ?? 1}.", name);
        }

        if (Math.Min(shape[2], shape[3]) < expected.MinimumSide)
        {
            throw new ArgumentException($"{name} is {shape[2]} pixels high and {shape[3]} wide; expected at least {expected.MinimumSide} either way.", name);
        }

        if (images.dtype is not (ScalarType.Float32 or ScalarType.Float64 or ScalarType.Float16 or ScalarType.BFloat16))
        {
            throw new ArgumentException($"{name} is of type {images.dtype}; expected floating point values in [0, 1].", name);
        }

        if (expected.Device is { } device && !Same(images.device, device))
        {
            throw new ArgumentException($"{name} is on {images.device}; expected {device}, where the loss is (move it with loss.to(device)).", name);
        }
    }

    public static void CheckAlike(ImageForm restored, ImageForm reference)
    {
        if (!reference.Shape.SequenceEqual(restored.Shape))
        {
            throw new ArgumentException($"reference has shape {Text(reference.Shape)}; expected {Text(restored.Shape)}, that of restored.", nameof(reference));
        }

        if (reference.Type != restored.Type)
        {
            throw new ArgumentException($"reference is of type {reference.Type}; expected {restored.Type}, that of restored.", nameof(reference));
        }

        if (!Same(reference.Device, restored.Device))
        {
            throw new ArgumentException($"reference is on {reference.Device}; expected {restored.Device}, where restored is.", nameof(reference));
        }
    }

    private static bool Same(Device one, Device other) => one.type == other.type && one.index == other.index;

    private static string Text(long[] shape) => $"({string.Join(", ", shape)})";
}

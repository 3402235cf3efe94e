using static TorchSharp.torch;

namespace Mdf.Imaging;

/// <summary>What a batch of images must look like. Every message names the argument, what was got and what was expected.</summary>
internal static class ImageBatch
{
    /// <summary>Refuses what is not (N, C, H, W) of a floating-point type with at least one pixel.</summary>
    public static void Require(Tensor images, string name)
    {
        ArgumentNullException.ThrowIfNull(images, name);
        if (Fault(images) is { } fault)
        {
            throw new ArgumentException($"{name} {fault}.", name);
        }
    }

    /// <summary>What is wrong with the images, or null.</summary>
    public static string? Fault(Tensor images)
    {
        long[] shape = images.shape;
        return shape.Length != 4 || shape.Contains(0)
            ? $"has shape ({string.Join(", ", shape)}); expected four dimensions, (N, C, H, W), none of them 0"
            : images.dtype is not (ScalarType.Float32 or ScalarType.Float64 or ScalarType.Float16 or ScalarType.BFloat16)
            ? $"is of type {images.dtype}; expected floating-point values"
            : null;
    }
}

using static TorchSharp.torch;

namespace Mdf.Imaging;

/// <summary>Checks batches of images. Messages name the argument, the actual value and the expected one.</summary>
internal static class ImageBatch
{
    /// <summary>Throws unless the images are (N, C, H, W), not empty and of a floating-point type.</summary>
    public static void Require(Tensor images, string name)
    {
        ArgumentNullException.ThrowIfNull(images, name);
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
            ? $"has shape ({string.Join(", ", shape)}); expected four dimensions, (N, C, H, W), none of them 0"
            : images.dtype is not (ScalarType.Float32 or ScalarType.Float64 or ScalarType.Float16 or ScalarType.BFloat16)
            ? $"is of type {images.dtype}; expected floating-point values"
            : null;
    }
}

using static TorchSharp.torch;

namespace Mdf.Models;

/// <summary>Checks the images given to a network. The message names the argument, what was got and what was expected.</summary>
internal static class ImageArguments
{
    /// <summary>Refuses what is not (N, channels, H, W) with at least one pixel.</summary>
    public static void CheckShape(Tensor images, int channels, string name)
    {
        ArgumentNullException.ThrowIfNull(images, name);
        if (images.ndim != 4 || images.shape[1] != channels || images.numel() == 0)
        {
            throw new ArgumentException(
                $"{name} has shape ({string.Join(", ", images.shape)}); expected (N, {channels}, H, W) with at least one pixel.", name);
        }
    }
}

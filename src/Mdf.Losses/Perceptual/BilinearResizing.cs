using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Losses.Perceptual;

/// <summary>
/// Bilinear resizing with pixels as squares (<c>align_corners=False</c>) and without antialiasing, in which flat parts stay exactly flat.
/// libtorch's may round them unevenly, and then the max pooling behind it picks another of values that should be equal.
/// </summary>
internal static class BilinearResizing
{
    /// <summary>Images (N, C, H, W) as squares, in the caller's scope.</summary>
    public static Tensor Resize(Tensor images, int side) => Along(Along(images, 3, side), 2, side);

    private static Tensor Along(Tensor images, int dimension, int side)
    {
        long length = images.shape[dimension];
        double[] places = [.. Enumerable.Range(0, side).Select(i => Math.Max(0, ((i + 0.5) * length / side) - 0.5))];
        long[] before = [.. places.Select(p => Math.Min((long)p, length - 1))];
        Tensor fractions = tensor([.. places.Zip(before, (p, b) => p - b)], images.dtype, images.device);
        Tensor near = images.index_select(dimension, tensor(before, device: images.device));
        Tensor far = images.index_select(dimension, tensor([.. before.Select(b => Math.Min(b + 1, length - 1))], device: images.device));
        return near.Plus((far - near) * (dimension == 2 ? fractions.unsqueeze(1) : fractions));
    }
}

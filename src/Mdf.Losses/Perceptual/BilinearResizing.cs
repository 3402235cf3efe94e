using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Losses.Perceptual;

/// <summary>
/// Bilinear resizing with <c>align_corners=False</c> and without antialiasing, which keeps constant regions exactly constant. libtorch's
/// resizing may round equal values differently, and a later max pooling then selects another position among them.
/// </summary>
internal static class BilinearResizing
{
    /// <summary>Resizes images (N, C, H, W) to (N, C, side, side), in the caller's dispose scope.</summary>
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

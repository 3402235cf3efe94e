using static TorchSharp.torch;

namespace Mdf.Training.Discriminators.Networks;

/// <summary>Views channels-last feature maps as matrices, for products with convolution weights.</summary>
internal static class MapMatrix
{
    /// <summary>Views a channels-last map as a matrix with a row per position and a column per channel, without a copy.</summary>
    public static Tensor Rows(Tensor map) => map.permute(0, 2, 3, 1).view(-1, map.shape[1]);

    /// <summary>
    /// Copies a channels-last map into a matrix with a row per position of a 3 x 3 kernel and a column per tap and channel.
    /// </summary>
    public static Tensor Unfolded(Tensor map)
    {
        using var scope = NewDisposeScope();
        (long n, long c, long h, long w) = (map.shape[0], map.shape[1], map.shape[2], map.shape[3]);
        Tensor pixels = map.permute(0, 2, 3, 1);
        Tensor taps = pixels.as_strided([n, h - 2, w - 2, 3, 3 * c], [h * w * c, w * c, c, w * c, 1], pixels.storage_offset());
        return taps.reshape(-1, 9 * c).MoveToOuterDisposeScope();
    }
}

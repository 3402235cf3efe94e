using static TorchSharp.torch;

namespace Mdf.Imaging;

/// <summary>Filters images along columns and then along rows.</summary>
internal static class SeparableFilter
{
    /// <summary>Filters (N, C, H, W) images; float16 and bfloat16 images are computed in float32.</summary>
    public static Tensor Apply(Tensor images, AxisFilter vertical, AxisFilter horizontal)
    {
        using var scope = NewDisposeScope();
        Tensor working = images.dtype == ScalarType.Float64 ? images : images.to(ScalarType.Float32);
        Tensor result = horizontal.Along(vertical.Along(working, dimension: 2), dimension: 3);
        return result.to(images.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Blurs images with a Gaussian kernel that is cut off at four standard deviations.</summary>
    public static Tensor GaussianBlur(Tensor images, double sigma)
    {
        AxisFilter Filter(long length)
            => new((int)length, (int)length, Start: 0, Step: 1, 4 * sigma, x => Math.Exp(-Math.Pow(x / sigma, 2) / 2));
        return Apply(images, Filter(images.shape[2]), Filter(images.shape[3]));
    }
}

using Mdf.Imaging;
using static TorchSharp.torch;

namespace Mdf.Degradations.RealWorld;

/// <summary>Resizes images by filters without antialiasing, as the pipelines of the literature do.</summary>
internal static class RandomResize
{
    /// <summary>The filters to draw from.</summary>
    public static IReadOnlyList<string> Filters { get; } = ["area", "bilinear", "bicubic"];

    /// <summary>Resizes an image to a number of rows and columns.</summary>
    public static Tensor To(Tensor image, long height, long width, string filter) => filter switch
    {
        "area" => nn.functional.adaptive_avg_pool2d(image, [height, width]),
        "nearest" => nn.functional.interpolate(image, [height, width], mode: InterpolationMode.Nearest),
        "bilinear" => Resize.Bilinear(image, (int)height, (int)width, antialias: false),
        _ => nn.functional.interpolate(image, [height, width], mode: InterpolationMode.Bicubic, align_corners: false),
    };

    /// <summary>Resizes an image by a factor.</summary>
    public static Tensor By(Tensor image, double factor, string filter) => To(
        image,
        Math.Max((long)(image.shape[2] * factor), 1),
        Math.Max((long)(image.shape[3] * factor), 1),
        filter);
}

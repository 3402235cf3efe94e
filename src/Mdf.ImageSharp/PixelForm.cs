using Mdf.Imaging;
using SixLabors.ImageSharp.PixelFormats;

namespace Mdf.ImageSharp;

/// <summary>Names the layout of ImageSharp's pixel types.</summary>
internal static class PixelForm
{
    /// <summary>Returns the order of a pixel type's channels, and whether each has 16 bits.</summary>
    /// <exception cref="ArgumentException">The pixel type has another layout.</exception>
    public static (PixelLayout Layout, bool IsDeep) Of<TPixel>()
        where TPixel : unmanaged, IPixel<TPixel> => default(TPixel) switch
        {
            L8 => (PixelLayout.Gray8, false),
            L16 => (PixelLayout.Gray8, true),
            Rgb24 => (PixelLayout.Rgb24, false),
            Bgr24 => (PixelLayout.Bgr24, false),
            Rgba32 => (PixelLayout.Rgba32, false),
            Bgra32 => (PixelLayout.Bgra32, false),
            Rgb48 => (PixelLayout.Rgb24, true),
            Rgba64 => (PixelLayout.Rgba32, true),
            _ => throw new ArgumentException(
                $"The pixel type is {typeof(TPixel).Name}; expected L8, L16, Rgb24, Bgr24, Rgba32, Bgra32, Rgb48 or Rgba64 "
                + "(image.CloneAs<Rgba32>() converts).",
                nameof(TPixel)),
        };
}

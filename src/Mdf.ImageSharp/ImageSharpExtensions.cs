using Mdf.Imaging;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using static TorchSharp.torch;
using Color = System.Drawing.Color;

namespace Mdf.ImageSharp;

/// <summary>Converts images of ImageSharp to image tensors and back.</summary>
/// <remarks>
/// The pixel types are <see cref="L8"/>, <see cref="Rgb24"/>, <see cref="Bgr24"/>, <see cref="Rgba32"/> and <see cref="Bgra32"/> with 8
/// bits a channel, and <see cref="L16"/>, <see cref="Rgb48"/> and <see cref="Rgba64"/> with 16 bits. <c>CloneAs</c> converts others to
/// them. Pixels go from rows to tensor and back without another image in between, also where ImageSharp keeps an image in several pieces of
/// memory. Metadata, such as the EXIF orientation and colour profiles, is neither applied nor kept.
/// </remarks>
public static class ImageSharpExtensions
{
    /// <summary>Converts an image to a tensor.</summary>
    /// <typeparam name="TPixel">Pixel type of the image.</typeparam>
    /// <param name="image">The image; its first frame is converted.</param>
    /// <param name="background">Opaque colour that pixels with alpha are composited over; null for white.</param>
    /// <returns>
    /// (1, 3, H, W) in RGB, or (1, 1, H, W) for <see cref="L8"/> and <see cref="L16"/>, float32 in [0, 1], on the CPU: each value is
    /// divided by 255 or 65535. The caller disposes it.
    /// </returns>
    /// <exception cref="ArgumentException">The pixel type is not one of those above, or the background is not opaque.</exception>
    /// <exception cref="ObjectDisposedException">The image is disposed.</exception>
    public static Tensor ToTensor<TPixel>(this Image<TPixel> image, Color? background = null)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        ArgumentNullException.ThrowIfNull(image);
        (PixelLayout layout, bool isDeep) = PixelForm.Of<TPixel>();
        Tensor? tensor = null;
        image.ProcessPixelRows(pixels => tensor = isDeep
            ? Convert<ushort>(pixels, ScalarType.Int16, ushort.MaxValue)
            : Convert<byte>(pixels, ScalarType.Byte, byte.MaxValue));
        return tensor!;

        Tensor Convert<T>(PixelAccessor<TPixel> pixels, ScalarType storage, int maximum)
            where T : unmanaged => PixelConversion.ToTensor<T, AccessorRows<TPixel, T>>(
                new AccessorRows<TPixel, T>(pixels), image.Width, image.Height, layout, background, storage, maximum, keepsGray: true);
    }

    /// <summary>Converts a tensor to an image.</summary>
    /// <typeparam name="TPixel">Pixel type of the image.</typeparam>
    /// <param name="image">
    /// One image, (C, H, W) or (1, C, H, W), where C is 3 (RGB) or 1 (grey), of any floating-point type, on any device. Values are clamped
    /// to [0, 1] and rounded to the nearest of 256 or 65536 levels. Pixels that <see cref="ToTensor"/> converted are restored exactly,
    /// except for transparency.
    /// </param>
    /// <returns>
    /// The image. Grey is replicated to colour types, and alpha is opaque. <see cref="L8"/> and <see cref="L16"/> require an image of one
    /// channel. The caller disposes it.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="image"/> is null.</exception>
    /// <exception cref="ArgumentException">
    /// The tensor is not one image, holds NaN, or has three channels for a grey pixel type; or the pixel type is not one of those above.
    /// </exception>
    public static Image<TPixel> ToImage<TPixel>(this Tensor image)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        (PixelLayout layout, bool isDeep) = PixelForm.Of<TPixel>();
        using var scope = NewDisposeScope();
        Tensor planes = ImageTensor.RequireImage(image);
        var result = new Image<TPixel>(checked((int)planes.shape[2]), checked((int)planes.shape[1]));
        try
        {
            result.ProcessPixelRows(pixels =>
            {
                if (isDeep)
                {
                    Write<ushort>(pixels, ushort.MaxValue);
                }
                else
                {
                    Write<byte>(pixels, byte.MaxValue);
                }
            });
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }

        void Write<T>(PixelAccessor<TPixel> pixels, int maximum)
            where T : unmanaged => ImageTensor.Interleave<T, AccessorRows<TPixel, T>>(
                planes, layout, maximum, new AccessorRows<TPixel, T>(pixels));
    }
}

using System.Drawing;
using System.Runtime.InteropServices;
using Mdf.Guards;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Imaging;

/// <summary>
/// Converts interleaved pixels in memory to image tensors and back. Pixels are spans, so they may come from any image library.
/// </summary>
public static class ImageTensor
{
    private const long PixelsOfBand = 1L << 20;

    /// <summary>Converts 8-bit pixels to an image tensor.</summary>
    /// <param name="pixels">Rows from top to bottom, each of <paramref name="width"/> pixels.</param>
    /// <param name="width">Number of pixels in a row, at least 1.</param>
    /// <param name="height">Number of rows, at least 1.</param>
    /// <param name="layout">Order of a pixel's channels.</param>
    /// <param name="stride">Number of bytes from the start of one row to the start of the next; 0 if rows are contiguous.</param>
    /// <param name="background">Opaque colour that pixels with alpha are composited over; null for white.</param>
    /// <returns>
    /// An RGB float32 tensor, (1, 3, height, width), on the CPU, with values in [0, 1]: each byte is divided by 255. Grey is replicated to
    /// three channels. The caller disposes it.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The width or height is not positive, the stride is shorter than a row, there are too few pixels, the layout is unknown or the
    /// background is not opaque.
    /// </exception>
    public static Tensor FromPixels(
        ReadOnlySpan<byte> pixels, int width, int height, PixelLayout layout = PixelLayout.Rgb24, int stride = 0, Color? background = null)
        => PixelConversion.ToTensor(pixels, width, height, layout, stride, background, ScalarType.Byte, byte.MaxValue);

    /// <summary>Converts 16-bit pixels to an image tensor.</summary>
    /// <param name="pixels">Rows from top to bottom, each of <paramref name="width"/> pixels.</param>
    /// <param name="width">Number of pixels in a row, at least 1.</param>
    /// <param name="height">Number of rows, at least 1.</param>
    /// <param name="layout">Order of a pixel's channels; each channel has 16 bits.</param>
    /// <param name="stride">
    /// Number of elements (not bytes) from the start of one row to the start of the next; 0 if rows are contiguous.
    /// </param>
    /// <param name="background">Opaque colour that pixels with alpha are composited over; null for white.</param>
    /// <returns>
    /// An RGB float32 tensor, (1, 3, height, width), on the CPU, with values in [0, 1]: each element is divided by 65535. Grey is
    /// replicated to three channels. The caller disposes it.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The width or height is not positive, the stride is shorter than a row, there are too few pixels, the layout is unknown or the
    /// background is not opaque.
    /// </exception>
    public static Tensor FromPixels16(
        ReadOnlySpan<ushort> pixels,
        int width,
        int height,
        PixelLayout layout = PixelLayout.Rgb24,
        int stride = 0,
        Color? background = null)
        => PixelConversion.ToTensor(pixels, width, height, layout, stride, background, ScalarType.Int16, ushort.MaxValue);

    /// <summary>Converts an image tensor to 8-bit pixels in contiguous rows.</summary>
    /// <param name="image">
    /// One image, (C, H, W) or (1, C, H, W), where C is 3 (RGB) or 1 (grey), of any floating-point type, on any device. Values are clamped
    /// to [0, 1] and rounded to the nearest of 256 levels; bytes that were converted to a float32 tensor are restored exactly.
    /// </param>
    /// <param name="layout">
    /// Order of the channels to write. Grey images are replicated to colour layouts, and alpha is opaque. <see cref="PixelLayout.Gray8"/>
    /// requires a one-channel image.
    /// </param>
    /// <returns>H times W pixels.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="image"/> is null.</exception>
    /// <exception cref="ArgumentException">The tensor is not one image, holds NaN, or does not fit the layout.</exception>
    public static byte[] ToPixels(Tensor image, PixelLayout layout = PixelLayout.Rgb24)
    {
        using var scope = NewDisposeScope();
        var planes = RequireImage(image);
        var bytes = new byte[checked(planes.shape[1] * planes.shape[2] * layout.ChannelCount())];
        Interleave<byte>(planes, layout, byte.MaxValue, bytes);
        return bytes;
    }

    /// <summary>Converts an image tensor to 8-bit pixels in contiguous rows and writes them to a span.</summary>
    /// <param name="image">
    /// One image, (C, H, W) or (1, C, H, W), where C is 3 (RGB) or 1 (grey), of any floating-point type, on any device. Values are clamped
    /// to [0, 1] and rounded to the nearest of 256 levels.
    /// </param>
    /// <param name="destination">Receives height * width * channels bytes; further bytes are left unchanged.</param>
    /// <param name="layout">
    /// Order of the channels to write. Grey images are replicated to colour layouts, and alpha is opaque. <see cref="PixelLayout.Gray8"/>
    /// requires a one-channel image.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="image"/> is null.</exception>
    /// <exception cref="ArgumentException">
    /// The tensor is not one image, holds NaN, or does not fit the layout, or the destination is too small.
    /// </exception>
    public static void CopyPixelsTo(Tensor image, Span<byte> destination, PixelLayout layout = PixelLayout.Rgb24)
    {
        using var scope = NewDisposeScope();
        var planes = RequireImage(image);
        var needed = planes.shape[1] * planes.shape[2] * layout.ChannelCount();
        if (destination.Length < needed)
        {
            throw new ArgumentException(
                $"Expected at least {needed} bytes for {planes.shape[2]} x {planes.shape[1]} pixels of layout {layout}, "
                + $"got {destination.Length}.",
                nameof(destination));
        }

        Interleave(planes, layout, byte.MaxValue, destination);
    }

    /// <summary>Converts an image tensor to 16-bit pixels in contiguous rows.</summary>
    /// <param name="image">
    /// One image, (C, H, W) or (1, C, H, W), where C is 3 (RGB) or 1 (grey), of any floating-point type, on any device. Values are clamped
    /// to [0, 1] and rounded to the nearest of 65536 levels; levels that were converted to a float32 tensor are restored exactly.
    /// </param>
    /// <param name="layout">
    /// Order of the channels to write, each of 16 bits. Grey images are replicated to colour layouts, and alpha is opaque.
    /// <see cref="PixelLayout.Gray8"/> requires a one-channel image.
    /// </param>
    /// <returns>H times W pixels.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="image"/> is null.</exception>
    /// <exception cref="ArgumentException">The tensor is not one image, holds NaN, or does not fit the layout.</exception>
    public static ushort[] ToPixels16(Tensor image, PixelLayout layout = PixelLayout.Rgb24)
    {
        using var scope = NewDisposeScope();
        var planes = RequireImage(image);
        var levels = new ushort[checked(planes.shape[1] * planes.shape[2] * layout.ChannelCount())];
        Interleave<ushort>(planes, layout, ushort.MaxValue, levels);
        return levels;
    }

    /// <summary>Returns the image as (C, H, W), detached, in the caller's dispose scope. Throws if the tensor is not one image.</summary>
    internal static Tensor RequireImage(Tensor image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var shape = image.shape;
        var isImage = shape.Length == 3 || (shape.Length == 4 && shape[0] == 1);
        if (!isImage || shape[^3] is not (1 or 3) || shape[^2] < 1 || shape[^1] < 1)
        {
            throw new ArgumentException(
                $"Expected one image of shape (C, H, W) or (1, C, H, W) with C = 3 or 1, got {ShapeText.Of(shape)}.", nameof(image));
        }

        if (!image.is_floating_point())
        {
            throw new ArgumentException($"Expected a floating-point image with values in [0, 1], got {image.dtype}.", nameof(image));
        }

        return image.detach().reshape(shape[^3], shape[^2], shape[^1]);
    }

    internal static Color RequireOpaque(Color color, string parameterName) => color.A == byte.MaxValue
        ? color
        : throw new ArgumentException($"Expected an opaque colour, got alpha {color.A} of 255.", parameterName);

    /// <summary>Writes an image's rows.</summary>
    /// <param name="image">The image, (C, H, W), as <see cref="RequireImage"/> returns it.</param>
    /// <param name="layout">Order of the channels to write.</param>
    /// <param name="maximum">Value of an element for 1: 255 for bytes, 65535 for 16 bits.</param>
    /// <param name="destination">Receives the rows.</param>
    internal static void Interleave<T, TRows>(Tensor image, PixelLayout layout, int maximum, TRows destination)
        where T : unmanaged
        where TRows : IPixelWriter<T>, allows ref struct
    {
        var channels = layout.ChannelCount();
        if (channels == 1 && image.shape[0] != 1)
        {
            throw new ArgumentException(
                $"Layout {layout} requires an image of one channel, got {image.shape[0]} channels.", nameof(layout));
        }

        if (image.isnan().any().item<bool>())
        {
            throw new ArgumentException("Expected values in [0, 1], got NaN.", nameof(image));
        }

        // Some rows at a time, because intermediate results take several times the memory of the image.
        var length = checked((int)(image.shape[2] * channels));
        var rows = Math.Max(1, PixelsOfBand / image.shape[2]);
        for (long first = 0; first < image.shape[1]; first += rows)
        {
            using var scope = NewDisposeScope();
            var band = image.narrow(1, first, Math.Min(rows, image.shape[1] - first));
            var levels = MemoryMarshal.Cast<byte, T>(InterleaveBand(band, layout, maximum).bytes);
            for (var row = 0; row < band.shape[1]; row++)
            {
                destination.Write((int)first + row, levels.Slice(row * length, length));
            }
        }
    }

    private static void Interleave<T>(Tensor image, PixelLayout layout, int maximum, Span<T> destination)
        where T : unmanaged => Interleave<T, SpanWriter<T>>(image, layout, maximum, new SpanWriter<T>(destination));

    private static Tensor InterleaveBand(Tensor planes, PixelLayout layout, int maximum)
    {
        planes = planes.to(ScalarType.Float32).Within(0, 1).Times(maximum).round();
        planes = maximum == byte.MaxValue ? planes.to(ScalarType.Byte).cpu() : AsInt16(planes).cpu();
        if (layout.ChannelCount() > 1)
        {
            planes = planes.expand(3, -1, -1);
        }

        if (layout.IsBlueFirst())
        {
            planes = planes.flip(0);
        }

        if (layout.HasAlpha())
        {
            planes = cat([planes, planes[0].Filled(maximum == byte.MaxValue ? byte.MaxValue : -1).unsqueeze(0)], 0);
        }

        return planes.permute(1, 2, 0).contiguous();
    }

    // Returns the bits of levels from 0 to 65535: there are no unsigned 16-bit tensors.
    private static Tensor AsInt16(Tensor levels) =>
        where(levels.IsAbove(short.MaxValue), levels.Minus(ushort.MaxValue + 1.0), levels).to(ScalarType.Int16);

    private readonly ref struct SpanWriter<T>(Span<T> destination) : IPixelWriter<T>
    {
        private readonly Span<T> destination = destination;

        public void Write(int row, ReadOnlySpan<T> pixels) => pixels.CopyTo(destination[(row * pixels.Length)..]);
    }
}

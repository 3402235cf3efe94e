using Mdf.Imaging;
using static TorchSharp.torch;

namespace Mdf.Data;

/// <summary>An RGB image with 8 bits a channel in managed memory, which takes a quarter of the memory of a float32 tensor.</summary>
public sealed class ByteImage
{
    private const int Channels = 3;

    private readonly byte[] pixels;

    /// <summary>Creates an image from pixels without copying them.</summary>
    /// <param name="pixels">Bytes in the order red, green, blue, row by row. The image keeps the array, so it must not be modified.</param>
    /// <param name="width">Number of pixels in a row, at least 1.</param>
    /// <param name="height">Number of rows, at least 1.</param>
    /// <exception cref="ArgumentException">
    /// The width or height is not positive, or the array does not have 3 * width * height bytes.
    /// </exception>
    public ByteImage(byte[] pixels, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        long expected = (long)width * height * Channels;
        this.pixels = pixels.Length == expected
            ? pixels
            : throw new ArgumentException($"Expected {expected} bytes for {width} x {height} pixels, got {pixels.Length}.", nameof(pixels));
        Width = width;
        Height = height;
    }

    /// <summary>Number of pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Number of rows.</summary>
    public int Height { get; }

    /// <summary>Number of bytes of the pixels: 3 * width * height.</summary>
    public int Length => pixels.Length;

    /// <summary>Creates an image from a tensor.</summary>
    /// <param name="image">
    /// One image, (1, C, H, W) or (C, H, W), where C is 3 (RGB) or 1 (grey), floating point. Values are clamped to [0, 1] and rounded to
    /// 256 levels.
    /// </param>
    /// <returns>The image; grey is replicated to RGB.</returns>
    /// <exception cref="ArgumentException">The tensor is not one image, or holds NaN.</exception>
    public static ByteImage FromTensor(Tensor image)
    {
        byte[] pixels = ImageTensor.ToPixels(image);
        return new ByteImage(pixels, checked((int)image.shape[^1]), checked((int)image.shape[^2]));
    }

    /// <summary>Converts the whole image to a tensor.</summary>
    /// <returns>(1, 3, H, W), float32 in [0, 1], on the CPU. The caller disposes it.</returns>
    public Tensor ToTensor() => Crop(0, 0, Width, Height);

    /// <summary>Converts a rectangle of the image to a tensor.</summary>
    /// <param name="left">First column of the rectangle.</param>
    /// <param name="top">First row of the rectangle.</param>
    /// <param name="width">Number of columns, at least 1.</param>
    /// <param name="height">Number of rows, at least 1.</param>
    /// <returns>(1, 3, height, width), float32 in [0, 1], on the CPU. The caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle is empty or not inside the image.</exception>
    public Tensor Crop(int left, int top, int width, int height)
    {
        if (left < 0 || top < 0 || width < 1 || height < 1 || left > Width - width || top > Height - height)
        {
            throw new ArgumentOutOfRangeException(
                nameof(width),
                $"Expected a rectangle inside the image of {Width} x {Height} pixels, "
                + $"got {width} x {height} pixels from column {left} and row {top}.");
        }

        int begin = ((top * Width) + left) * Channels, end = (((top + height - 1) * Width) + left + width) * Channels;
        return ImageTensor.FromPixels(pixels.AsSpan(begin..end), width, height, PixelLayout.Rgb24, stride: Width * Channels);
    }
}

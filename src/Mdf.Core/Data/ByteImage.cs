using Mdf.Imaging;
using static TorchSharp.torch;

namespace Mdf.Data;

/// <summary>An RGB image of 8 bits a channel in managed memory: a quarter of what a tensor of floats takes.</summary>
public sealed class ByteImage
{
    private const int Channels = 3;

    private readonly byte[] pixels;

    /// <summary>Takes pixels.</summary>
    /// <param name="pixels">Red, green and blue, row by row; the image keeps the array.</param>
    /// <param name="width">Pixels in a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <exception cref="ArgumentException">A size is not positive, or the pixels are more or fewer.</exception>
    public ByteImage(byte[] pixels, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        long expected = (long)width * height * Channels;
        this.pixels = pixels.Length == expected
            ? pixels
            : throw new ArgumentException($"{width} x {height} pixels take {expected} bytes, got {pixels.Length}.", nameof(pixels));
        Width = width;
        Height = height;
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>The number of rows.</summary>
    public int Height { get; }

    /// <summary>The bytes it takes.</summary>
    public int Length => pixels.Length;

    /// <summary>Copies an image tensor.</summary>
    /// <param name="image">(1, C, H, W) or (C, H, W), C being 3 or 1, floating point; clamped to [0, 1] and rounded to 256 levels.</param>
    /// <returns>The image.</returns>
    /// <exception cref="ArgumentException">The tensor is no such image, or holds NaN.</exception>
    public static ByteImage FromTensor(Tensor image)
    {
        byte[] pixels = ImageTensor.ToPixels(image);
        return new ByteImage(pixels, checked((int)image.shape[^1]), checked((int)image.shape[^2]));
    }

    /// <summary>All of it as a tensor.</summary>
    /// <returns>(1, 3, H, W), float32 in [0, 1], on the CPU. The caller disposes it.</returns>
    public Tensor ToTensor() => Crop(0, 0, Width, Height);

    /// <summary>A part of it as a tensor.</summary>
    /// <param name="left">The first column.</param>
    /// <param name="top">The first row.</param>
    /// <param name="width">The number of columns, at least 1.</param>
    /// <param name="height">The number of rows, at least 1.</param>
    /// <returns>(1, 3, height, width), float32 in [0, 1], on the CPU. The caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The part is empty, or not inside the image.</exception>
    public Tensor Crop(int left, int top, int width, int height)
    {
        if (left < 0 || top < 0 || width < 1 || height < 1 || left > Width - width || top > Height - height)
        {
            throw new ArgumentOutOfRangeException(
                nameof(width), $"{width} x {height} pixels from column {left} and row {top} are no part of {Width} x {Height} pixels.");
        }

        int begin = ((top * Width) + left) * Channels, end = (((top + height - 1) * Width) + left + width) * Channels;
        return ImageTensor.FromPixels(pixels.AsSpan(begin..end), width, height, PixelLayout.Rgb24, stride: Width * Channels);
    }
}

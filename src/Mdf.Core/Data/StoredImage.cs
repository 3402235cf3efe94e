using static TorchSharp.torch;

namespace Mdf.Data;

/// <summary>Base class of images in managed memory: <see cref="ByteImage"/> and <see cref="FloatImage"/>.</summary>
public abstract class StoredImage
{
    private protected StoredImage(int channels, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        Channels = channels;
        Width = width;
        Height = height;
    }

    /// <summary>Number of channels, such as 3 for RGB.</summary>
    public int Channels { get; }

    /// <summary>Number of pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Number of rows.</summary>
    public int Height { get; }

    /// <summary>Number of bytes of the pixels.</summary>
    public abstract long ByteCount { get; }

    /// <summary>The pixels as bytes, in the order in which they are stored.</summary>
    internal abstract ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Converts the whole image to a tensor.</summary>
    /// <returns>(1, C, H, W), float32, on the CPU. The caller disposes it.</returns>
    public Tensor ToTensor() => Crop(0, 0, Width, Height);

    /// <summary>Converts a rectangle of the image to a tensor.</summary>
    /// <param name="left">First column of the rectangle.</param>
    /// <param name="top">First row of the rectangle.</param>
    /// <param name="width">Number of columns, at least 1.</param>
    /// <param name="height">Number of rows, at least 1.</param>
    /// <returns>(1, C, height, width), float32, on the CPU. The caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle is empty or not inside the image.</exception>
    public Tensor Crop(int left, int top, int width, int height) =>
        left >= 0 && top >= 0 && width >= 1 && height >= 1 && left <= Width - width && top <= Height - height
            ? CropInside(left, top, width, height)
            : throw new ArgumentOutOfRangeException(
                nameof(width),
                $"Expected a rectangle inside the image of {Width} x {Height} pixels, "
                + $"got {width} x {height} pixels from column {left} and row {top}.");

    /// <summary>Converts a rectangle that is known to be inside the image.</summary>
    private protected abstract Tensor CropInside(int left, int top, int width, int height);
}

using System.Runtime.InteropServices;
using Mdf.Guards;
using static TorchSharp.torch;

namespace Mdf.Data;

/// <summary>
/// An image of any number of channels with float32 values in managed memory, for 16-bit images and for data that are not RGB.
/// </summary>
public sealed class FloatImage : StoredImage
{
    private readonly float[] values;

    /// <summary>Creates an image from values without copying them.</summary>
    /// <param name="values">
    /// Values in [0, 1], channel by channel, each row by row. The image keeps the array, so it must not be modified.
    /// </param>
    /// <param name="channels">Number of channels, at least 1.</param>
    /// <param name="width">Number of pixels in a row, at least 1.</param>
    /// <param name="height">Number of rows, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of channels, width or height is below 1.</exception>
    /// <exception cref="ArgumentException">The array does not have channels * width * height values.</exception>
    public FloatImage(float[] values, int channels, int width, int height)
        : base(channels, width, height)
    {
        ArgumentNullException.ThrowIfNull(values);
        long expected = (long)channels * width * height;
        this.values = values.Length == expected
            ? values
            : throw new ArgumentException(
                $"Expected {expected} values for {channels} channels of {width} x {height} pixels, got {values.Length}.", nameof(values));
    }

    /// <inheritdoc/>
    public override long ByteCount => sizeof(float) * (long)values.Length;

    internal override ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(values.AsSpan());

    /// <summary>Creates an image from a tensor. Values are stored as float32, neither clamped nor rounded to levels.</summary>
    /// <param name="image">One image, (1, C, H, W) or (C, H, W), floating point, on any device.</param>
    /// <returns>The image.</returns>
    /// <exception cref="ArgumentException">The tensor is not one image.</exception>
    public static FloatImage FromTensor(Tensor image)
    {
        ImageGuard.Usable(image, nameof(image));
        long[] shape = image.shape;
        if (!image.is_floating_point() || shape.Contains(0) || shape.Length is not (3 or 4) || (shape.Length == 4 && shape[0] != 1))
        {
            throw new ArgumentException(
                $"image has shape {ShapeText.Of(shape)} and type {image.dtype}; expected one image, (1, C, H, W) or (C, H, W), of floating-"
                + "point values.",
                nameof(image));
        }

        using var scope = NewDisposeScope();
        float[] values = image.detach().to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        return new FloatImage(values, checked((int)shape[^3]), checked((int)shape[^1]), checked((int)shape[^2]));
    }

    private protected override Tensor CropInside(int left, int top, int width, int height)
    {
        var cropped = new float[Channels * height * width];
        for (int row = 0; row < Channels * height; row++)
        {
            int channel = row / height, line = top + (row % height);
            values.AsSpan((((channel * Height) + line) * Width) + left, width).CopyTo(cropped.AsSpan(row * width));
        }

        return tensor(cropped, [1, Channels, height, width], ScalarType.Float32, CPU);
    }
}

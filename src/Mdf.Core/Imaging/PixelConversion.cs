using System.Drawing;
using System.Runtime.InteropServices;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Imaging;

/// <summary>
/// Converts interleaved pixels to tensors for <see cref="ImageTensor.FromPixels"/> and <see cref="ImageTensor.FromPixels16"/>.
/// </summary>
internal static class PixelConversion
{
    private const int BlockPixels = 1 << 20;

    /// <summary>Converts interleaved pixels to an RGB float32 tensor, (1, 3, height, width), with values in [0, 1].</summary>
    /// <param name="pixels">Interleaved pixels.</param>
    /// <param name="width">Number of pixels in a row.</param>
    /// <param name="height">Number of rows.</param>
    /// <param name="layout">Order of a pixel's channels.</param>
    /// <param name="stride">Number of elements from the start of one row to the start of the next; 0 if rows are contiguous.</param>
    /// <param name="background">Opaque colour behind transparent pixels; null for white.</param>
    /// <param name="storage">Tensor type with the size of an element.</param>
    /// <param name="maximum">Value of an element that becomes 1.</param>
    public static Tensor ToTensor<T>(
        ReadOnlySpan<T> pixels, int width, int height, PixelLayout layout, int stride, Color? background, ScalarType storage, int maximum)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        var channels = layout.ChannelCount();
        var rowLength = (long)width * channels;
        if (stride != 0 && stride < rowLength)
        {
            throw new ArgumentException(
                $"Expected a stride of 0 or at least {rowLength} elements ({width} pixels of layout {layout}), got {stride}.",
                nameof(stride));
        }

        var step = stride == 0 ? rowLength : stride;
        var needed = ((height - 1) * step) + rowLength;
        if (pixels.Length < needed)
        {
            throw new ArgumentException(
                $"Expected at least {needed} elements for {width} x {height} pixels of layout {layout} with rows {step} elements apart, "
                + $"got {pixels.Length}.",
                nameof(pixels));
        }

        var rows = new SpanReader<T>(pixels, step);
        return ToTensor<T, SpanReader<T>>(rows, width, height, layout, background, storage, maximum, keepsGray: false);
    }

    /// <summary>Converts rows of pixels to a float32 tensor, (1, channels, height, width), with values in [0, 1].</summary>
    /// <param name="pixels">Rows of interleaved pixels.</param>
    /// <param name="width">Number of pixels in a row.</param>
    /// <param name="height">Number of rows.</param>
    /// <param name="layout">Order of a pixel's channels.</param>
    /// <param name="background">Opaque colour behind transparent pixels; null for white.</param>
    /// <param name="storage">Tensor type with the size of an element.</param>
    /// <param name="maximum">Value of an element that becomes 1.</param>
    /// <param name="keepsGray">Whether grey pixels become one channel instead of three.</param>
    public static Tensor ToTensor<T, TRows>(
        TRows pixels, int width, int height, PixelLayout layout, Color? background, ScalarType storage, int maximum, bool keepsGray)
        where T : unmanaged
        where TRows : IPixelReader<T>, allows ref struct
    {
        var channels = layout.ChannelCount();
        var behind = ImageTensor.RequireOpaque(background ?? Color.White, nameof(background));
        using var scope = NewDisposeScope();
        var result = empty(1, keepsGray && channels == 1 ? 1 : 3, height, width, ScalarType.Float32, CPU);
        var blockRows = Math.Max(1, BlockPixels / width);
        // Converting in blocks keeps the temporaries small enough for the cache.
        for (var y = 0; y < height; y += blockRows)
        {
            using var blockScope = NewDisposeScope();
            var rows = Math.Min(blockRows, height - y);
            var block = empty(rows, width, channels, storage, CPU);
            var target = MemoryMarshal.Cast<byte, T>(block.bytes);
            for (var row = 0; row < rows; row++)
            {
                pixels.Read(y + row, target.Slice(row * width * channels, width * channels));
            }

            // Unsigned 16-bit tensors have no arithmetic, so the bits are stored as signed integers and masked after widening.
            var levels = storage == ScalarType.Int16 ? block.to(ScalarType.Int32).bitwise_and(ushort.MaxValue) : block;
            var planes = levels.permute(2, 0, 1).to(ScalarType.Float32).Over(maximum);
            result[0].narrow(1, y, rows).copy_(result.shape[1] == 1 ? planes : ToRgb(planes, layout, behind));
        }

        return result.MoveToOuterDisposeScope();
    }

    private static Tensor ToRgb(Tensor planes, PixelLayout layout, Color background)
    {
        if (layout == PixelLayout.Gray8)
        {
            return planes.expand(3, -1, -1);
        }

        var colors = planes.narrow(0, 0, 3);
        if (layout.IsBlueFirst())
        {
            colors = colors.flip(0);
        }

        if (!layout.HasAlpha())
        {
            return colors;
        }

        var alpha = planes.narrow(0, 3, 1);
        var color = tensor(new float[] { background.R, background.G, background.B }, ScalarType.Float32, CPU);
        var behind = color.Over(byte.MaxValue).reshape(3, 1, 1);
        return colors.mul(alpha).Plus(behind.mul(alpha.Times(-1).Plus(1)));
    }

    private readonly ref struct SpanReader<T>(ReadOnlySpan<T> pixels, long step) : IPixelReader<T>
    {
        private readonly ReadOnlySpan<T> pixels = pixels;

        public void Read(int row, Span<T> destination) => pixels.Slice((int)(row * step), destination.Length).CopyTo(destination);
    }
}

using System.Runtime.InteropServices;
using Mdf.Imaging;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace Mdf.ImageSharp;

/// <summary>Rows of an image of ImageSharp, as values of channels.</summary>
/// <typeparam name="TPixel">Type of a pixel.</typeparam>
/// <typeparam name="T">Type of a channel's value.</typeparam>
/// <param name="pixels">The image's pixels.</param>
internal readonly ref struct AccessorRows<TPixel, T>(PixelAccessor<TPixel> pixels) : IPixelReader<T>, IPixelWriter<T>
    where TPixel : unmanaged, IPixel<TPixel>
    where T : unmanaged
{
    private readonly PixelAccessor<TPixel> pixels = pixels;

    public void Read(int row, Span<T> destination) => MemoryMarshal.Cast<TPixel, T>(pixels.GetRowSpan(row)).CopyTo(destination);

    public void Write(int row, ReadOnlySpan<T> pixels) => pixels.CopyTo(MemoryMarshal.Cast<TPixel, T>(this.pixels.GetRowSpan(row)));
}

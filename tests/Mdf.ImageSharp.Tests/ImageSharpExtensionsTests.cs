using System.Runtime.InteropServices;
using Mdf.Imaging;
using Mdf.Testing;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.ImageSharp.Tests;

public sealed class ImageSharpExtensionsTests : IDisposable
{
    // More than one of the pieces that ImageSharp divides large images into, and wider than a block of the conversion is high.
    private const int Width = 1501, Height = 1403;

    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void ToImage_OfToTensor_RestoresEveryPixelType()
    {
        AssertRestored<L8>(channels: 1);
        AssertRestored<L16>(channels: 1);
        AssertRestored<Rgb24>(channels: 3);
        AssertRestored<Bgr24>(channels: 3);
        AssertRestored<Rgb48>(channels: 3);
        AssertRestored<Rgba32>(channels: 3, p => p with { A = byte.MaxValue });
        AssertRestored<Bgra32>(channels: 3, p => p with { A = byte.MaxValue });
        AssertRestored<Rgba64>(channels: 3, p => p with { A = ushort.MaxValue });

        void AssertRestored<TPixel>(int channels, Func<TPixel, TPixel>? opaque = null)
            where TPixel : unmanaged, IPixel<TPixel>
        {
            TPixel[] pixels = Noise<TPixel>(Width * Height, opaque);
            using Image<TPixel> image = Image.LoadPixelData(pixels, Width, Height);
            Assert.False(image.DangerousTryGetSinglePixelMemory(out _) && pixels.Length * Marshal.SizeOf<TPixel>() > 4 << 20);
            using Tensor tensor = image.ToTensor();
            Assert.Equal([1, channels, Height, Width], tensor.shape);
            Assert.Equal(ScalarType.Float32, tensor.dtype);
            using Image<TPixel> restored = tensor.ToImage<TPixel>();
            Assert.Equal(pixels, PixelsOf(restored));
        }
    }

    [Fact]
    public void ToTensor_AllLevels_AreDividedByTheLargest()
    {
        using Image<L16> deep = Image.LoadPixelData([.. Enumerable.Range(0, 65536).Select(v => new L16((ushort)v))], 256, 256);
        float[] expected = [.. Enumerable.Range(0, 65536).Select(v => v / 65535f)];
        Assert.Equal(expected, deep.ToTensor().flatten().data<float>());
        using Image<L8> flat = Image.LoadPixelData([.. Enumerable.Range(0, 256).Select(v => new L8((byte)v))], 16, 16);
        Assert.Equal([.. Enumerable.Range(0, 256).Select(v => v / 255f)], flat.ToTensor().flatten().data<float>());
    }

    [Fact]
    public void ToTensor_Colours_AreRedGreenBlue()
    {
        float[] expected = [10 / 255f, 20 / 255f, 30 / 255f];
        AssertColour(new Image<Rgb24>(3, 2, new Rgb24(10, 20, 30)));
        AssertColour(new Image<Bgr24>(3, 2, new Bgr24(10, 20, 30)));
        AssertColour(new Image<Rgba32>(3, 2, new Rgba32(10, 20, 30, 255)));
        AssertColour(new Image<Bgra32>(3, 2, new Bgra32(10, 20, 30, 255)));
        AssertColour(new Image<Rgb48>(3, 2, new Rgb48(10 * 257, 20 * 257, 30 * 257)));
        AssertColour(new Image<Rgba64>(3, 2, new Rgba64(10 * 257, 20 * 257, 30 * 257, 65535)));

        void AssertColour<TPixel>(Image<TPixel> image)
            where TPixel : unmanaged, IPixel<TPixel>
        {
            using (image)
            {
                Tensor tensor = image.ToTensor();
                TensorAssert.Near(torch.tensor(expected).reshape(1, 3, 1, 1).expand(1, 3, 2, 3), tensor, 1e-7);
            }
        }
    }

    [Fact]
    public void ToTensor_Transparency_IsCompositedOverTheBackground()
    {
        using var shallow = new Image<Rgba32>(1, 1, new Rgba32(255, 0, 0, 51));
        TensorAssert.Near(tensor([1, 0.8, 0.8]).reshape(1, 3, 1, 1), shallow.ToTensor(), 1e-6);
        TensorAssert.Near(tensor([0.2, 0.8, 0]).reshape(1, 3, 1, 1), shallow.ToTensor(System.Drawing.Color.Lime), 1e-6);
        using var deep = new Image<Rgba64>(1, 1, new Rgba64(65535, 0, 0, 13107));
        TensorAssert.Near(tensor([1, 0.8, 0.8]).reshape(1, 3, 1, 1), deep.ToTensor(), 1e-6);
        Assert.Throws<ArgumentException>("background", () => shallow.ToTensor(System.Drawing.Color.Transparent));
    }

    [Fact]
    public void ToTensor_Rgb24_IsThatOfFromPixels()
    {
        Rgb24[] pixels = Noise<Rgb24>(31 * 17);
        using Image<Rgb24> image = Image.LoadPixelData(pixels, 31, 17);
        TensorAssert.Equal(ImageTensor.FromPixels(MemoryMarshal.AsBytes(pixels.AsSpan()), 31, 17), image.ToTensor());
    }

    [Fact]
    public void ToImage_GreyTensor_IsReplicatedAndOpaque()
    {
        Tensor grey = full([1, 4, 5], 0.4f);
        using Image<Rgba32> shallow = grey.ToImage<Rgba32>();
        using Image<Rgba64> deep = grey.unsqueeze(0).to(ScalarType.Float64).ToImage<Rgba64>();
        Assert.All(PixelsOf(shallow), p => Assert.Equal(new Rgba32(102, 102, 102, 255), p));
        Assert.All(PixelsOf(deep), p => Assert.Equal(new Rgba64(26214, 26214, 26214, 65535), p));
        Assert.Equal((5, 4), (deep.Width, deep.Height));
    }

    [Fact]
    public void ToImage_ValuesOutsideTheRange_AreClampedAndRounded()
    {
        Tensor values = tensor([-0.5f, 0, 0.4999f / 255, 0.5001f / 255, 1, 1.5f, float.PositiveInfinity]).reshape(1, 1, 7);
        using Image<L8> shallow = values.ToImage<L8>();
        Assert.Equal([0, 0, 0, 1, 255, 255, 255], PixelsOf(shallow).Select(p => (int)p.PackedValue));
        Tensor fine = tensor([-0.5f, 0.4999f / 65535, 0.5001f / 65535, 0.5f, 1.5f]).reshape(1, 1, 5);
        using Image<L16> deep = fine.ToImage<L16>();
        Assert.Equal([0, 0, 1, 32768, 65535], PixelsOf(deep).Select(p => (int)p.PackedValue));
    }

    [Fact]
    public void Conversions_Misused_NameArgumentGotAndExpected()
    {
        using var odd = new Image<RgbaVector>(2, 2);
        AssertSays("RgbaVector; expected L8, L16, Rgb24", Assert.Throws<ArgumentException>("TPixel", () => odd.ToTensor()));
        AssertSays("CloneAs<Rgba32>", Assert.Throws<ArgumentException>("TPixel", () => zeros(3, 2, 2).ToImage<La16>()));
        AssertSays("requires an image of one channel, got 3", Assert.Throws<ArgumentException>(() => zeros(3, 2, 2).ToImage<L8>()));
        AssertSays("NaN", Assert.Throws<ArgumentException>("image", () => full([3, 2, 2], float.NaN).ToImage<Rgb24>()));
        AssertSays("(2, 3, 2, 2)", Assert.Throws<ArgumentException>("image", () => zeros(2, 3, 2, 2).ToImage<Rgb24>()));
        Assert.Throws<ArgumentNullException>("image", () => ((Image<Rgb24>)null!).ToTensor());
        Assert.Throws<ArgumentNullException>("image", () => ((Tensor)null!).ToImage<Rgb24>());
        var disposed = new Image<Rgb24>(2, 2);
        disposed.Dispose();
        Assert.Throws<ObjectDisposedException>(() => disposed.ToTensor());

        static void AssertSays(string said, Exception e) => Assert.Contains(said, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Conversions_Disposed_LeaveNoTensor()
    {
        using var image = new Image<Rgba64>(40, 30);
        using var shallow = new Image<Bgr24>(40, 30);
        LiveTensors.AssertNoneLeft(() =>
        {
            using Tensor deep = image.ToTensor(), flat = shallow.ToTensor();
            deep.ToImage<Rgba64>().Dispose();
            flat.ToImage<Bgr24>().Dispose();
            Assert.Throws<ArgumentException>(() => deep.ToImage<L16>());
        });
    }

    private static TPixel[] Noise<TPixel>(int count, Func<TPixel, TPixel>? change = null)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        var pixels = new TPixel[count];
        new Random(1).NextBytes(MemoryMarshal.AsBytes(pixels.AsSpan()));
        return change is null ? pixels : [.. pixels.Select(change)];
    }

    private static TPixel[] PixelsOf<TPixel>(Image<TPixel> image)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        var pixels = new TPixel[image.Width * image.Height];
        image.CopyPixelDataTo(pixels);
        return pixels;
    }
}

using System.Drawing;
using Mdf.Imaging;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Imaging;

public sealed class ImageTensorTests
{
    private static readonly byte[] TwoPixels = [10, 20, 30, 40, 50, 60];

    [Fact]
    public void FromPixels_Rgb24_PutsChannelsInPlanes()
    {
        using var image = ImageTensor.FromPixels(TwoPixels, 2, 1);

        Assert.Equal([1, 3, 1, 2], image.shape);
        Assert.Equal(ScalarType.Float32, image.dtype);
        Assert.Equal(new[] { 10f, 40, 20, 50, 30, 60 }.Select(v => v / 255f), Fixture.Values(image));
    }

    [Fact]
    public void FromPixels_Bgr24_PutsRedFirst()
    {
        using var image = ImageTensor.FromPixels(TwoPixels, 2, 1, PixelLayout.Bgr24);

        Assert.Equal(new[] { 30f, 60, 20, 50, 10, 40 }.Select(v => v / 255f), Fixture.Values(image));
    }

    [Fact]
    public void FromPixels_Gray8_ReplicatesToThreeChannels()
    {
        using var image = ImageTensor.FromPixels([0, 128, 255], 1, 3, PixelLayout.Gray8);

        Assert.Equal([1, 3, 3, 1], image.shape);
        Assert.Equal([0, 128 / 255f, 1, 0, 128 / 255f, 1, 0, 128 / 255f, 1], Fixture.Values(image));
    }

    [Theory]
    [InlineData(PixelLayout.Rgba32, 0)]
    [InlineData(PixelLayout.Bgra32, 2)]
    public void FromPixels_Alpha_CompositesOverBackground(PixelLayout layout, int redAt)
    {
        byte[] pixel = [0, 100, 0, 51];
        pixel[redAt] = 200;

        using var overWhite = ImageTensor.FromPixels(pixel, 1, 1, layout);
        using var overColor = ImageTensor.FromPixels(pixel, 1, 1, layout, background: Color.FromArgb(0, 50, 250));

        // Alpha 51 is one fifth.
        AssertClose([(200 + (4 * 255)) / 5f, (100 + (4 * 255)) / 5f, 4 * 255 / 5f], overWhite);
        AssertClose([200 / 5f, (100 + (4 * 50)) / 5f, 4 * 250 / 5f], overColor);
    }

    [Fact]
    public void FromPixels_OpaqueAlpha_EqualsNoAlphaExactly()
    {
        var gray = Enumerable.Range(0, 256).Select(v => (byte)v).ToArray();
        var rgba = gray.SelectMany(v => new byte[] { v, v, v, 255 }).ToArray();

        using var plain = ImageTensor.FromPixels(gray, 16, 16, PixelLayout.Gray8);
        using var withAlpha = ImageTensor.FromPixels(rgba, 16, 16, PixelLayout.Rgba32);

        Assert.Equal(Fixture.Values(plain), Fixture.Values(withAlpha));
    }

    [Fact]
    public void FromPixels_Stride_SkipsTheEndsOfRows()
    {
        byte[] padded = [1, 2, 99, 3, 4];

        using var image = ImageTensor.FromPixels(padded, 2, 2, PixelLayout.Gray8, stride: 3);

        Assert.Equal([1 / 255f, 2 / 255f, 3 / 255f, 4 / 255f], Fixture.Values(image)[..4]);
    }

    [Fact]
    public void FromPixels_MoreThanOneBlock_KeepsTheOrderOfRows()
    {
        const int width = 700, height = 3100;
        var pixels = new byte[width * height];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)((i / width * 7) + (i % width));
        }

        using var image = ImageTensor.FromPixels(pixels, width, height, PixelLayout.Gray8);
        using var firstPlane = image.narrow(1, 0, 1);

        Assert.Equal(pixels, ImageTensor.ToPixels(firstPlane, PixelLayout.Gray8));
    }

    [Fact]
    public void FromPixels16_AllLevels_DividesBy65535()
    {
        var levels = Enumerable.Range(0, 65536).Select(v => (ushort)v).ToArray();

        using var image = ImageTensor.FromPixels16(levels, 256, 256, PixelLayout.Gray8);

        Assert.Equal(levels.Select(v => v / 65535f), Fixture.Values(image)[..65536]);
    }

    [Fact]
    public void FromPixels16_BgraWithStride_CompositesInOrder()
    {
        ushort[] pixels = [0, 0, 65535, 65535, 7, 65535, 0, 0, 32768];

        using var image = ImageTensor.FromPixels16(pixels, 1, 2, PixelLayout.Bgra32, stride: 5, background: Color.Black);

        AssertClose([255, 0, 0, 0, 0, 255 * 32768 / 65535f], image);
    }

    [Fact]
    public void ToPixels_AllBytes_ComeBackUnchanged()
    {
        var bytes = Enumerable.Range(0, 256).Select(v => (byte)v).ToArray();
        using var image = ImageTensor.FromPixels(bytes, 16, 16, PixelLayout.Gray8);
        using var half = image.to(ScalarType.Float16);
        using var doubles = image.to(ScalarType.Float64);

        foreach (var candidate in new[] { image, half, doubles })
        {
            Assert.Equal(bytes.SelectMany(v => new[] { v, v, v }), ImageTensor.ToPixels(candidate));
        }
    }

    [Theory]
    [InlineData(PixelLayout.Rgb24, new byte[] { 10, 20, 30 })]
    [InlineData(PixelLayout.Bgr24, new byte[] { 30, 20, 10 })]
    [InlineData(PixelLayout.Rgba32, new byte[] { 10, 20, 30, 255 })]
    [InlineData(PixelLayout.Bgra32, new byte[] { 30, 20, 10, 255 })]
    public void ToPixels_ColorLayouts_OrdersChannels(PixelLayout layout, byte[] expected)
    {
        using var image = ImageTensor.FromPixels([10, 20, 30], 1, 1);

        Assert.Equal(expected, ImageTensor.ToPixels(image, layout));
    }

    [Fact]
    public void ToPixels16_AllLevels_ComeBackUnchanged()
    {
        ushort[] levels = [.. Enumerable.Range(0, 65536).Select(v => (ushort)v)];
        using var image = ImageTensor.FromPixels16(levels, 256, 256, PixelLayout.Gray8);
        using var firstPlane = image[.., ..1];
        using var precise = firstPlane.to(ScalarType.Float64);
        Assert.Equal(levels, ImageTensor.ToPixels16(firstPlane, PixelLayout.Gray8));
        Assert.Equal(levels, ImageTensor.ToPixels16(precise, PixelLayout.Gray8));
        Assert.Equal(levels.SelectMany(v => new[] { v, v, v, ushort.MaxValue }), ImageTensor.ToPixels16(image, PixelLayout.Rgba32));
    }

    [Fact]
    public void ToPixels16_ColorsOutOfRange_AreOrderedAndClamped()
    {
        using var image = tensor([-0.2f, 0.25f, 2]).reshape(3, 1, 1);
        using var notANumber = full([3, 1, 1], float.NaN);
        Assert.Equal([65535, 16384, 0], ImageTensor.ToPixels16(image, PixelLayout.Bgr24).Select(v => (int)v));
        Assert.Throws<ArgumentException>("image", () => ImageTensor.ToPixels16(notANumber));
        Assert.Throws<ArgumentException>("layout", () => ImageTensor.ToPixels16(image, PixelLayout.Gray8));
        Assert.Throws<ArgumentNullException>("image", () => ImageTensor.ToPixels16(null!));
    }

    [Fact]
    public void ToPixels_OutOfRange_ClampsAndRoundsToNearest()
    {
        using var image = tensor([-3f, 2f, float.PositiveInfinity, float.NegativeInfinity, 99.4f / 255, 99.6f / 255]).reshape(1, 1, 6);

        Assert.Equal([0, 255, 255, 0, 99, 100], ImageTensor.ToPixels(image, PixelLayout.Gray8));
    }

    [Fact]
    public void ToPixels_NonContiguousWithGradient_ReadsTheView()
    {
        using var image = ImageTensor.FromPixels([1, 2, 3, 4, 5, 6], 3, 2, PixelLayout.Gray8);
        using var parameter = image.narrow(1, 0, 1).transpose(2, 3).requires_grad_(true);

        Assert.Equal([1, 4, 2, 5, 3, 6], ImageTensor.ToPixels(parameter, PixelLayout.Gray8));
    }

    [Fact]
    public void CopyPixelsTo_LargerDestination_LeavesTheRestAlone()
    {
        using var image = ImageTensor.FromPixels([10, 20, 30], 1, 1);
        byte[] destination = [9, 9, 9, 9];

        ImageTensor.CopyPixelsTo(image, destination, PixelLayout.Bgr24);

        Assert.Equal([30, 20, 10, 9], destination);
    }

    [Theory]
    [InlineData("width", 0, 1, PixelLayout.Rgb24, 0)]
    [InlineData("height", 2, -1, PixelLayout.Rgb24, 0)]
    [InlineData("layout", 2, 1, (PixelLayout)77, 0)]
    [InlineData("stride", 2, 1, PixelLayout.Rgb24, 5)]
    [InlineData("stride", 2, 1, PixelLayout.Rgb24, -6)]
    [InlineData("pixels", 2, 2, PixelLayout.Rgb24, 0)]
    [InlineData("pixels", 60000, 60000, PixelLayout.Rgba32, 0)]
    public void FromPixels_Misuse_NamesTheParameter(string parameter, int width, int height, PixelLayout layout, int stride)
    {
        var exception = Assert.ThrowsAny<ArgumentException>(() => ImageTensor.FromPixels(TwoPixels, width, height, layout, stride));

        Assert.Equal(parameter, exception.ParamName);
    }

    [Fact]
    public void FromPixels_TransparentBackground_Throws()
    {
        var exception = Assert.Throws<ArgumentException>(() => ImageTensor.FromPixels(TwoPixels, 2, 1, background: Color.Transparent));

        Assert.Equal("background", exception.ParamName);
    }

    [Theory]
    [InlineData(new long[] { 4, 4 })]
    [InlineData(new long[] { 2, 3, 4, 4 })]
    [InlineData(new long[] { 1, 2, 4, 4 })]
    [InlineData(new long[] { 1, 1, 3, 4, 4 })]
    [InlineData(new long[] { 3, 0, 4 })]
    public void ToPixels_WrongShape_SaysWhatItGot(long[] shape)
    {
        using var image = zeros(shape);

        var exception = Assert.Throws<ArgumentException>(() => ImageTensor.ToPixels(image));

        Assert.Equal("image", exception.ParamName);
        Assert.Contains($"({string.Join(", ", shape)})", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToPixels_NotAnImage_Throws()
    {
        using var integers = zeros(3, 4, 4, ScalarType.Byte);
        using var notANumber = full(1, 4, 4, double.NaN);
        using var color = zeros(3, 4, 4);

        var aboutType = Assert.Throws<ArgumentException>("image", () => ImageTensor.ToPixels(integers));
        var aboutValues = Assert.Throws<ArgumentException>("image", () => ImageTensor.ToPixels(notANumber));
        Assert.Contains("Byte", aboutType.Message, StringComparison.Ordinal);
        Assert.Contains("NaN", aboutValues.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>("image", () => ImageTensor.ToPixels(null!));
        Assert.Throws<ArgumentException>("layout", () => ImageTensor.ToPixels(color, PixelLayout.Gray8));
        Assert.Throws<ArgumentException>("layout", () => ImageTensor.ToPixels(color, (PixelLayout)(-1)));
        Assert.Throws<ArgumentException>("destination", () => ImageTensor.CopyPixelsTo(color, new byte[47]));
    }

    private static void AssertClose(float[] expectedBytes, Tensor image)
        => Assert.All(Fixture.Values(image).Zip(expectedBytes), pair => Assert.Equal(pair.Second / 255f, pair.First, 1e-6f));
}

using System.Buffers.Binary;
using Mdf.Imaging;
using Mdf.Testing;

namespace Mdf.Core.Tests.Imaging;

public sealed class ImageFileErrorTests
{
    [Theory]
    [InlineData("rgb8.png")]
    [InlineData("interlaced.png")]
    [InlineData("filters16.png")]
    [InlineData("interlaced16.png")]
    [InlineData("palette_transparent.png")]
    [InlineData("baseline.jpg")]
    [InlineData("progressive.jpg")]
    [InlineData("orientation6.jpg")]
    [InlineData("cmyk.jpg")]
    [InlineData("rgb24.bmp")]
    [InlineData("palette.bmp")]
    [InlineData("lossless.webp")]
    [InlineData("lossy.webp")]
    [InlineData("alpha.webp")]
    [InlineData("orientation6.webp")]
    public void Decode_CutAnywhere_ThrowsOrHasEveryPixel(string name)
    {
        // These parts are not needed for decoding: the last chunk of a PNG and the checksum before it, or the end marker of a JPEG.
        const int harmlessTail = 21;
        var bytes = Fixture.Bytes(name);
        using var whole = ImageFile.Decode(bytes);
        var expected = Fixture.Values(whole);
        for (var length = 0; length < bytes.Length; length++)
        {
            try
            {
                using var image = ImageFile.Decode(bytes.AsSpan(0, length));
                Assert.True(bytes.Length - length <= harmlessTail, $"decoded the first {length} of {bytes.Length} bytes");
                Assert.Equal(expected, Fixture.Values(image));
            }
            catch (ImageFileException)
            {
                // Refusing the truncated file is correct too.
            }
        }
    }

    [Theory]
    [InlineData("rgb8.png", "truncated")]
    [InlineData("gray16.png", "truncated")]
    [InlineData("baseline.jpg", "truncated")]
    [InlineData("progressive.jpg", "damaged or truncated")]
    [InlineData("rgb24.bmp", "truncated")]
    [InlineData("lossless.webp", "truncated")]
    public void Read_Truncated_NamesTheFileAndTheReason(string name, string reason)
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf(name);
        File.WriteAllBytes(path, Fixture.Bytes(name)[..^25]);

        var exception = Assert.Throws<ImageFileException>(() => ImageFile.Read(path));

        Assert.Equal(path, exception.FileName);
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.Contains(reason, exception.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rgb8.png", -20)]
    [InlineData("filters16.png", -20)]
    [InlineData("filters16.png", -18)]
    public void Decode_FlippedBit_Throws(string name, int position)
    {
        var bytes = Fixture.Bytes(name);
        bytes[bytes.Length + position] ^= 0x10;

        Assert.Throws<ImageFileException>(() => ImageFile.Decode(bytes));
    }

    [Fact]
    public void Decode_Empty_Throws()
    {
        var exception = Assert.Throws<ImageFileException>(() => ImageFile.Decode([], name: "nothing.png"));

        Assert.Equal("nothing.png", exception.FileName);
        Assert.Contains("empty", exception.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_NotAnImage_ListsTheFormats()
    {
        var exception = Assert.Throws<ImageFileException>(() => ImageFile.Decode("These are words, and no picture."u8));

        Assert.Null(exception.FileName);
        Assert.Contains("PNG, JPEG, BMP or WebP", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_OtherImageFormat_NamesIt()
    {
        var exception = Assert.Throws<ImageFileException>(() => ImageFile.Read(Fixture.PathOf("animation.gif")));

        Assert.Contains("Gif", exception.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_DamagedHeader_SaysSo()
    {
        var bytes = Fixture.Bytes("rgb8.png");
        bytes[30] ^= 0xFF;

        var exception = Assert.Throws<ImageFileException>(() => ImageFile.Decode(bytes));

        Assert.Contains("header is damaged", exception.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 7, "no pixels (0 x 7)")]
    [InlineData(60000, 60000, "60000 x 60000")]
    public void Decode_PngHeaderWithAbsurdSize_ThrowsBeforeAnythingElse(int width, int height, string reason)
    {
        var bytes = Fixture.Bytes("rgb8.png");
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(20), height);

        var exception = Assert.Throws<ImageFileException>(() => ImageFile.Decode(bytes));

        Assert.Contains(reason, exception.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_JpegHeaderWithAbsurdSize_Throws()
    {
        var bytes = Fixture.Bytes("baseline.jpg");
        var frame = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(frame + 5), 65500);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(frame + 7), 65400);

        var exception = Assert.Throws<ImageFileException>(() => ImageFile.Decode(bytes));

        Assert.Contains("65400 x 65500", exception.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_BmpHeaderWithAbsurdSize_Throws()
    {
        var bytes = Fixture.Bytes("rgb24.bmp");
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(18), 30000);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(22), 20000);

        var exception = Assert.Throws<ImageFileException>(() => ImageFile.Decode(bytes));

        Assert.Contains("30000 x 20000", exception.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rgb8.png")]
    [InlineData("baseline.jpg")]
    [InlineData("rgb24.bmp")]
    [InlineData("lossless.webp")]
    public void Decode_MaximumPixels_IsTheLastSizeAllowed(string name)
    {
        const int pixels = Fixture.Width * Fixture.Height;

        using var image = ImageFile.Decode(Fixture.Bytes(name), new ImageReadOptions { MaximumPixels = pixels });
        var exception = Assert.Throws<ImageFileException>(
            () => ImageFile.Decode(Fixture.Bytes(name), new ImageReadOptions { MaximumPixels = pixels - 1 }));

        Assert.Contains("MaximumPixels", exception.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingFile_KeepsFileNotFound()
    {
        using var folder = new TemporaryFolder();

        Assert.Throws<FileNotFoundException>(() => ImageFile.Read(folder.PathOf("missing.png")));
        Assert.Throws<ArgumentException>("path", () => ImageFile.Read(string.Empty));
        Assert.Throws<ArgumentNullException>("path", () => ImageFile.Read(null!));
    }
}

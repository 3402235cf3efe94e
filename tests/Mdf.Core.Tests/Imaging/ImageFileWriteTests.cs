using Mdf.Imaging;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Imaging;

public sealed class ImageFileWriteTests
{
    [Fact]
    public void Write_Png_ComesBackExactly()
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("picture.PNG");
        using var image = ImageFile.Read(Fixture.PathOf("rgb8.png"));

        ImageFile.Write(path, image);
        using var back = ImageFile.Read(path);

        Assert.Equal(Fixture.Values(image), Fixture.Values(back));
        Assert.Equal(["picture.PNG"], folder.FileNames());
    }

    [Theory]
    [InlineData("picture.jpg")]
    [InlineData("picture.jpeg")]
    public void Write_Jpeg_UsesTheQuality(string name)
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf(name);
        using var image = SyntheticImage.DeadLeaves(64, 48, seed: 1);

        ImageFile.Write(path, image, jpegQuality: 30);

        Assert.Equal(ImageFile.EncodeJpeg(image, 30), File.ReadAllBytes(path));
        Assert.NotEqual(ImageFile.EncodeJpeg(image, 95), File.ReadAllBytes(path));
    }

    [Fact]
    public void Write_ExistingFile_ReplacesIt()
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("picture.png");
        File.WriteAllText(path, "old");
        using var image = zeros(3, 2, 2);

        ImageFile.Write(path, image);
        using var back = ImageFile.Read(path);

        Assert.Equal(new float[12], Fixture.Values(back));
    }

    [Fact]
    public void Write_Failure_LeavesNothingBehind()
    {
        using var folder = new TemporaryFolder();
        var occupied = folder.PathOf("occupied.png");
        Directory.CreateDirectory(occupied);
        using var image = zeros(3, 2, 2);

        Assert.ThrowsAny<SystemException>(() => ImageFile.Write(occupied, image));

        Assert.Empty(folder.FileNames());
        Assert.Throws<DirectoryNotFoundException>(() => ImageFile.Write(folder.PathOf("missing/picture.png"), image));
    }

    [Theory]
    [InlineData("picture.tiff")]
    [InlineData("picture")]
    public void Write_OtherExtension_ListsTheLegalOnes(string name)
    {
        using var folder = new TemporaryFolder();
        using var image = zeros(3, 2, 2);

        var exception = Assert.Throws<ArgumentException>("path", () => ImageFile.Write(folder.PathOf(name), image));

        Assert.Contains(".png, .jpg or .jpeg", exception.Message, StringComparison.Ordinal);
        Assert.Empty(folder.FileNames());
    }

    [Fact]
    public void EncodePng_OneChannel_WritesGray()
    {
        const int colorTypeOffset = 25;
        using var gray = tensor([0f, 0.5f, 1f]).reshape(1, 1, 3);
        using var color = zeros(3, 1, 3);

        var encoded = ImageFile.EncodePng(gray);
        using var back = ImageFile.Decode(encoded);

        Assert.Equal(0, encoded[colorTypeOffset]);
        Assert.Equal(2, ImageFile.EncodePng(color)[colorTypeOffset]);
        Assert.Equal([0, 128 / 255f, 1], Fixture.Values(back)[..3]);
    }

    [Fact]
    public void EncodePng_AnyFloatingType_GivesTheSameFile()
    {
        using var image = ImageFile.Read(Fixture.PathOf("rgb8.png"));
        using var doubles = image.to(ScalarType.Float64);
        using var transposedTwice = image.transpose(2, 3).contiguous().transpose(2, 3);

        Assert.Equal(ImageFile.EncodePng(image), ImageFile.EncodePng(doubles));
        Assert.Equal(ImageFile.EncodePng(image), ImageFile.EncodePng(transposedTwice));
    }

    [Fact]
    public void EncodeJpeg_Subsampling_IsWrittenToTheHeader()
    {
        using var image = SyntheticImage.DeadLeaves(32, 32, seed: 3);

        // Sampling factors of the first component: 2 x 2 or 1 x 1.
        Assert.Equal(0x22, LumaSampling(ImageFile.EncodeJpeg(image, 50)));
        Assert.Equal(0x22, LumaSampling(ImageFile.EncodeJpeg(image, 50, JpegChromaSubsampling.Samples420)));
        Assert.Equal(0x11, LumaSampling(ImageFile.EncodeJpeg(image, 50, JpegChromaSubsampling.Samples444)));
    }

    [Fact]
    public void EncodeJpeg_Misuse_NamesTheParameter()
    {
        using var image = zeros(3, 8, 8);
        using var wide = zeros(1, 1, 65536);

        Assert.Throws<ArgumentOutOfRangeException>("quality", () => ImageFile.EncodeJpeg(image, 0));
        Assert.Throws<ArgumentOutOfRangeException>("quality", () => ImageFile.EncodeJpeg(image, 101));
        Assert.Throws<ArgumentOutOfRangeException>("jpegQuality", () => ImageFile.Write("never-written.jpg", image, 0));
        Assert.Throws<ArgumentException>("subsampling", () => ImageFile.EncodeJpeg(image, 50, (JpegChromaSubsampling)9));
        Assert.Throws<ArgumentException>("image", () => ImageFile.EncodeJpeg(wide, 50));
        Assert.Throws<ArgumentNullException>("image", () => ImageFile.EncodeJpeg(null!, 50));
        Assert.Throws<ArgumentNullException>("image", () => ImageFile.EncodePng(null!));
    }

    private static byte LumaSampling(byte[] jpeg)
    {
        var frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        return jpeg[frame + 11];
    }
}

using Mdf.Data;
using Mdf.Imaging;
using Mdf.Testing;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Pbm;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Tga;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.ImageSharp.Tests;

public sealed class ImageSharpFolderTests : IDisposable
{
    private static readonly Dictionary<string, IImageEncoder> Exact = new()
    {
        ["a.bmp"] = new BmpEncoder { BitsPerPixel = BmpBitsPerPixel.Pixel24 },
        ["b.png"] = new PngEncoder(),
        ["c.ppm"] = new PbmEncoder { ColorType = PbmColorType.Rgb },
        ["d.tga"] = new TgaEncoder { BitsPerPixel = TgaBitsPerPixel.Pixel24 },
        ["e.tif"] = new TiffEncoder(),
        ["f.TIFF"] = new TiffEncoder(),
        ["g.webp"] = new WebpEncoder { FileFormat = WebpFileFormatType.Lossless },
    };

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly TemporaryFolder files = new();
    private readonly Tensor picture = SyntheticImage.DeadLeaves(37, 29, seed: 3);

    public void Dispose()
    {
        files.Dispose();
        scope.Dispose();
    }

    [Fact]
    public void Read_FormatsWithoutLoss_GiveThePixels()
    {
        Tensor expected = ByteImage.FromTensor(picture).ToTensor();
        foreach ((string name, IImageEncoder encoder) in Exact)
        {
            Save(name, encoder);
        }

        var folder = new ImageSharpFolder(files.FullName);
        Assert.Equal(Exact.Keys.Order(StringComparer.Ordinal), Enumerable.Range(0, folder.Count).Select(folder.NameOf));
        for (int i = 0; i < folder.Count; i++)
        {
            double difference = TensorAssert.LargestDifference(expected, folder.Read(i).ToTensor());
            Assert.True(difference == 0, $"{folder.NameOf(i)} differs by {difference * 255}");
        }
    }

    [Fact]
    public void Read_FormatsWithLoss_AreNearThePixels()
    {
        Save("a.gif", new GifEncoder());
        Save("b.jpg", new JpegEncoder { Quality = 95 });
        var folder = new ImageSharpFolder(files.FullName);
        Assert.Equal(2, folder.Count);
        for (int i = 0; i < 2; i++)
        {
            Tensor read = folder.Read(i).ToTensor();
            Assert.Equal(picture.shape, read.shape);
            Assert.InRange((read - picture).abs().mean().item<float>(), 0, 0.04);
        }
    }

    [Fact]
    public void Read_PngFiles_AreThoseOfImageFolder()
    {
        using Image<Rgb48> deep = picture.ToImage<Rgb48>();
        deep.SaveAsPng(files.PathOf("deep.png"), new PngEncoder { BitDepth = PngBitDepth.Bit16, ColorType = PngColorType.Rgb });
        using var transparent = new Image<Rgba32>(9, 7, new Rgba32(200, 10, 90, 77));
        transparent.SaveAsPng(files.PathOf("transparent.png"));
        var ours = new ImageSharpFolder(files.FullName);
        var other = new ImageFolder(files.FullName);
        Assert.Equal(2, ours.Count);
        Assert.Equal(other.Description, ours.Description);
        Assert.Equal(other.FullName, ours.FullName);
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(other.NameOf(i), ours.NameOf(i));
            TensorAssert.Equal(other.Read(i).ToTensor(), ours.Read(i).ToTensor());
        }
    }

    [Fact]
    public void Read_ExifOrientation_IsApplied()
    {
        using Image<Rgb24> image = picture.ToImage<Rgb24>();
        image.Metadata.ExifProfile = new ExifProfile();
        image.Metadata.ExifProfile.SetValue(ExifTag.Orientation, (ushort)6);
        image.SaveAsPng(files.PathOf("turned.png"));
        TensorAssert.Equal(
            ByteImage.FromTensor(picture.transpose(2, 3).flip(3)).ToTensor(), new ImageSharpFolder(files.FullName).Read(0).ToTensor());
    }

    [Fact]
    public void Read_UnusableFiles_AreImageFileExceptions()
    {
        Save("a.png", new PngEncoder());
        byte[] whole = File.ReadAllBytes(files.PathOf("a.png"));
        File.WriteAllBytes(files.PathOf("b.png"), whole[..40]);
        File.WriteAllText(files.PathOf("c.tif"), "no image at all");
        byte[] spoiled = [.. whole];
        spoiled.AsSpan(60, 200).Fill(0x55);
        File.WriteAllBytes(files.PathOf("d.png"), spoiled);
        var folder = new ImageSharpFolder(files.FullName, new ImageFolderOptions { MaximumPixels = (37 * 29) - 1 });
        Assert.Contains("37 x 29 pixels, more than the 1072", Fault(0), StringComparison.Ordinal);
        Assert.Contains("b.png", Fault(1), StringComparison.Ordinal);
        Assert.Contains("of no format that ImageSharp knows", Fault(2), StringComparison.Ordinal);

        var larger = new ImageSharpFolder(files.FullName);
        Assert.Equal(37 * 29 * 3, larger.Read(0).ByteCount);
        Assert.Contains("d.png", Assert.Throws<ImageFileException>(() => larger.Read(3)).Message, StringComparison.Ordinal);

        string Fault(int index) => Assert.Throws<ImageFileException>(() => folder.Read(index)).Message;
    }

    [Fact]
    public void Constructor_NoUsableFile_SaysWhichExtensionsThereAre()
    {
        File.WriteAllText(files.PathOf("notes.txt"), "");
        File.WriteAllText(files.PathOf("empty.tga"), "");
        string message = Assert.Throws<ArgumentException>("path", () => new ImageSharpFolder(files.FullName)).Message;
        Assert.Contains(".tga, .tif, .tiff, .webp", message, StringComparison.Ordinal);
        Assert.Contains("empty.tga", message, StringComparison.Ordinal);
        Assert.Throws<DirectoryNotFoundException>(() => new ImageSharpFolder(files.PathOf("missing")));
    }

    [Fact]
    public void Unreadable_EmptyFileBesideImages_IsListed()
    {
        Save("a.tga", Exact["d.tga"]);
        File.WriteAllText(files.PathOf("empty.tif"), "");
        var folder = new ImageSharpFolder(files.FullName);
        Assert.Equal(1, folder.Count);
        Assert.Equal("empty.tif", Assert.Single(folder.Unreadable).Name);
    }

    [Fact]
    public void Read_Again_KeepsTheImageAndNoTensor()
    {
        Save("a.tif", new TiffEncoder());
        var folder = new ImageSharpFolder(files.FullName);
        Assert.Same(folder.Read(0), folder.Read(0));
        var forgetful = new ImageSharpFolder(files.FullName, new ImageFolderOptions { MemoryBudget = 0 });
        LiveTensors.AssertNoneLeft(() => Assert.NotSame(forgetful.Read(0), forgetful.Read(0)));
    }

    private void Save(string name, IImageEncoder encoder)
    {
        using Image<Rgb24> image = picture.ToImage<Rgb24>();
        image.Save(files.PathOf(name), encoder);
    }
}

using Mdf.Data;
using Mdf.Imaging;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Data;

/// <summary>Tests the folder of decoded images, and images of 16 bits.</summary>
public sealed class DecodedCacheTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly TemporaryFolder folder = new();

    private string Photo => Path.Combine(folder.FullName, "images", "photo.png");

    private string Cache => Path.Combine(folder.FullName, "cache");

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Read_SecondFolderObject_TakesThePixelsFromTheCache()
    {
        Directory.CreateDirectory(folder.PathOf("images"));
        using Tensor image = SyntheticImage.DeadLeaves(20, 14, seed: 1);
        ImageFile.Write(Photo, image);
        StoredImage first = Open().Read(0);
        string entry = Assert.Single(Directory.GetFiles(Cache));

        // Pixels that only the cache has.
        byte[] file = File.ReadAllBytes(entry);
        Assert.Equal(20 + (3 * 20 * 14), file.Length);
        Assert.Equal(first.ToTensor().bytes.ToArray(), Open().Read(0).ToTensor().bytes.ToArray());

        // A damaged file is not used, and is replaced.
        file[^1] ^= 1;
        File.WriteAllBytes(entry, file);
        TensorAssert.Near(first.ToTensor(), Open().Read(0).ToTensor(), 0);
        Assert.NotEqual(file, File.ReadAllBytes(entry));

        // A changed image is decoded anew.
        using Tensor other = SyntheticImage.DeadLeaves(24, 14, seed: 2);
        ImageFile.Write(Photo, other);
        Assert.Equal(24, Open().Read(0).Width);
        Assert.Equal(2, Directory.GetFiles(Cache).Length);
    }

    [Fact]
    public void Read_SixteenBits_AreKept()
    {
        Directory.CreateDirectory(folder.PathOf("images"));
        File.WriteAllBytes(Photo, DeepPng.Create(5, 4));
        using Tensor expected = ImageFile.Read(Photo);
        foreach (ImageFolder images in (ImageFolder[])[new(Path.GetDirectoryName(Photo)!), Open(), Open()])
        {
            StoredImage image = images.Read(0);
            Assert.IsType<FloatImage>(image);
            TensorAssert.Near(expected, image.ToTensor(), 0);
        }

        Assert.NotEqual(0, (expected * 255 - (expected * 255).round()).abs().max().item<float>());
    }

    private ImageFolder Open() => new(Path.GetDirectoryName(Photo)!, new ImageFolderOptions { CacheFolder = Cache, MemoryBudget = 0 });
}

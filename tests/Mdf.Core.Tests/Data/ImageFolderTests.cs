using Mdf.Data;
using Mdf.Imaging;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Data;

public sealed class ImageFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Constructor_FoldersInFolders_ListsImagesByName()
    {
        foreach (string name in (string[])["b.png", "a/c.jpg", "a/a/d.BMP", "e.webp", "f.jpeg", "notes.txt", ".hidden.png"])
        {
            folder.Write(name, "any");
        }

        var images = new ImageFolder(folder.FullName);
        Assert.Equal(["a/a/d.BMP", "a/c.jpg", "b.png", "e.webp", "f.jpeg"], Enumerable.Range(0, images.Count).Select(images.NameOf));
        Assert.StartsWith($"{Path.GetFileName(folder.FullName)}: 5 images, CRC-32 ", images.Description, StringComparison.Ordinal);

        string before = images.Description;
        folder.Write("b.png", "other length");
        Assert.NotEqual(before, new ImageFolder(folder.FullName).Description);
    }

    [Fact]
    public void Read_WithAndWithoutMemory_GivesTheSame()
    {
        Write("a.png", 20, 10);
        var kept = new ImageFolder(folder.FullName);
        var decoded = new ImageFolder(folder.FullName, new ImageFolderOptions { MemoryBudget = 20 * 10 * 3 - 1 });

        Assert.Same(kept.Read(0), kept.Read(0));
        Assert.NotSame(decoded.Read(0), decoded.Read(0));
        using var scope = NewDisposeScope();
        TensorAssert.Equal(kept.Read(0).ToTensor(), decoded.Read(0).ToTensor());
    }

    [Fact]
    public void Read_FilesOfEveryKind_AreAsImageFileReadsThem()
    {
        var images = new ImageFolder(Path.Combine(AppContext.BaseDirectory, "Imaging", "Fixtures"));
        Assert.True(images.Count > 30);
        int compared = 0;
        for (int i = 0; i < images.Count; i++)
        {
            using var scope = NewDisposeScope();
            Tensor expected;
            try
            {
                expected = ImageFile.Read(Path.Combine(images.FullName, images.NameOf(i)));
            }
            catch (ImageFileException e)
            {
                Assert.Equal(e.Reason, Assert.Throws<ImageFileException>(() => images.Read(i)).Reason);
                continue;
            }

            StoredImage stored = images.Read(i);

            // Bytes hold transparent images in 256 levels.
            double tolerance = images.NameOf(i).Contains("16", StringComparison.Ordinal) ? 0 : (0.5 / 255) + 1e-6;
            TensorAssert.Near(expected, stored.ToTensor(), tolerance);
            compared++;
        }

        Assert.True(compared > 30);
    }

    [Fact]
    public void Read_LargerThanAllowed_Throws()
    {
        Write("a.png", 20, 10);
        var images = new ImageFolder(folder.FullName, new ImageFolderOptions { MaximumPixels = 199 });
        Assert.Contains("more than the 199", Assert.Throws<ImageFileException>(() => images.Read(0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_NoImages_SaysWhatItLookedFor()
    {
        folder.Write("notes.txt", "any");
        Assert.Contains(
            ".webp",
            Assert.Throws<ArgumentException>(() => new ImageFolder(folder.FullName)).Message,
            StringComparison.Ordinal);
        Assert.Throws<DirectoryNotFoundException>(() => new ImageFolder(folder.PathOf("nothing")));
    }

    private void Write(string name, int width, int height)
    {
        using Tensor picture = SyntheticImage.DeadLeaves(width, height, seed: 1);
        ImageFile.Write(folder.PathOf(name), picture);
    }
}

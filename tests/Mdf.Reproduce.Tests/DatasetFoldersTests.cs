using Mdf.Testing;
using Reproduce.Data;

namespace Mdf.Reproduce.Tests;

public sealed class DatasetFoldersTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Folders_AsPublished_AreFoundInThePapersOrder()
    {
        folder.Write("div/DIV2K_train_HR/0001.png", "");
        folder.Write("div/DIV2K_valid_HR/0801.png", "");
        folder.Write("bsr/BSDS500/data/images/train/1.jpg", "");
        folder.Write("bsr/BSDS500/data/images/val/2.jpg", "");

        var folders = new DatasetFolders(folder.PathOf("div"), null, folder.PathOf("bsr"), null, null);

        Assert.Equal(["DIV2K", "BSD"], folders.Tests.Select(t => t.Name));
        Assert.EndsWith("DIV2K_train_HR", folders.Training!.Value.Folder, StringComparison.Ordinal);
        Assert.EndsWith("train", (folders with { Div2k = null }).Training!.Value.Folder, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_OtherLayout_SaysWhichOptionAndWhatIsExpected()
    {
        folder.Write("div/train/0001.png", "");

        ArgumentException error = Assert.Throws<ArgumentException>(
            () => new DatasetFolders(folder.PathOf("div"), null, null, null, null).Tests.ToArray());

        Assert.Contains("--div2k", error.Message, StringComparison.Ordinal);
        Assert.Contains("DIV2K_valid_HR", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "--bsd",
            Assert.Throws<ArgumentException>(() => new DatasetFolders(null, null, folder.PathOf("none"), null, null).Training).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_None_NameNoImages()
    {
        var folders = new DatasetFolders(null, null, null, null, null);

        Assert.Null(folders.Training);
        Assert.Empty(folders.Tests);
    }
}

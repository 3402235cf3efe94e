using Mdf.IO;
using Mdf.Testing;

namespace Mdf.Core.Tests.IO;

public sealed class FileLockTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Take_FileThatIsTaken_IsRefusedUntilItIsReleased()
    {
        using (FileLock.Take(folder.PathOf("a"), "taken"))
        {
            Assert.Equal(["a.lock"], folder.FileNames());
            Assert.Equal("taken", Assert.Throws<IOException>(() => FileLock.Take(folder.PathOf("a"), "taken")).Message);
            FileLock.Take(folder.PathOf("b"), "taken").Dispose();
        }

        Assert.Empty(folder.FileNames());
        FileLock.Take(folder.PathOf("a"), "taken").Dispose();
    }

    [Fact]
    public void Take_LockThatWasLeftBehind_IsNoHindrance()
    {
        folder.Write("a.lock", "");
        FileLock.Take(folder.PathOf("a"), "taken").Dispose();
        Assert.Empty(folder.FileNames());
    }

    [Fact]
    public void Take_FolderThatIsMissing_SaysThat() =>
        Assert.Throws<DirectoryNotFoundException>(() => FileLock.Take(folder.PathOf("missing/a"), "taken"));
}

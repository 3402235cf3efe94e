using Mdf.IO;
using Mdf.Testing;

namespace Mdf.Core.Tests.IO;

public sealed class AtomicFileTests : IDisposable
{
    private const string Guid = "0123456789abcdef0123456789abcdef";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Write_File_ReplacesTheOldContent()
    {
        folder.Write("a", "old");
        AtomicFile.Write(folder.PathOf("a"), stream => stream.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(folder.PathOf("a")));
        Assert.Equal(["a"], folder.FileNames());
    }

    [Fact]
    public void Write_ThatFails_KeepsTheOldContentAndLeavesNothing()
    {
        folder.Write("a", "old");
        Assert.Throws<TimeoutException>(() => AtomicFile.Write(folder.PathOf("a"), stream =>
        {
            stream.Write("ne"u8);
            throw new TimeoutException();
        }));
        Assert.Equal("old", File.ReadAllText(folder.PathOf("a")));
        Assert.Equal(["a"], folder.FileNames());
    }

    [Fact]
    public void Write_TemporaryFilesOfKilledProcesses_AreDeletedWhenTheyAreOld()
    {
        string[] kept = ["a", $"a.{Guid}.tmp.bak", $"a.b.{Guid}.tmp", "a.notes.tmp", "a.tmp", $"b.{Guid}.tmp"];
        foreach (string name in kept.Append($"a.{Guid}.tmp"))
        {
            folder.Write(name, "left");
            File.SetLastWriteTimeUtc(folder.PathOf(name), DateTime.UtcNow.AddHours(-25));
        }

        folder.Write($"a.{Guid.Replace('0', '1')}.tmp", "being written by another process");
        AtomicFile.Write(folder.PathOf("a"), stream => stream.Write("new"u8));
        Assert.Equal(kept.Append($"a.{Guid.Replace('0', '1')}.tmp").Order(StringComparer.Ordinal), folder.FileNames());
    }
}

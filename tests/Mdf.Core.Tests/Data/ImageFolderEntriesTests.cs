using System.Diagnostics;
using Mdf.Data;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Data;

/// <summary>Tests folders that hold links, pipes, and entries that cannot be read.</summary>
public sealed class ImageFolderEntriesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ImageFolderEntriesTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "makes links, pipes and names by Linux's commands");
        Directory.CreateDirectory(folder.PathOf("photos/more"));
        Write("photos/a.png");
        Write("photos/more/b.png");
    }

    public void Dispose()
    {
        // Directory.Delete cannot delete names that are not UTF-8.
        Shell($"chmod -R u+rwx '{folder.FullName}'; rm -rf '{folder.FullName}'/*");
        folder.Dispose();
    }

    [Fact]
    public void Constructor_NamesThatAreNotUtf8_AreReportedAndTheRestWorks()
    {
        Shell(
            "cp photos/a.png \"photos/caf$(printf '\\351').png\"; mkdir \"photos/d$(printf '\\377')\"; "
            + "touch \"photos/$(printf '\\377').txt\"");
        var images = new ImageFolder(folder.PathOf("photos"));
        Assert.Equal(["a.png", "more/b.png"], Names(images));
        Assert.Equal(["caf\uFFFD.png", "d\uFFFD"], images.Unreadable.Select(u => u.Name));
        Assert.All(images.Unreadable, u => Assert.Contains("not UTF-8", u.Reason, StringComparison.Ordinal));
        Assert.Equal(8, images.Read(0).Width);
    }

    [Theory]
    [InlineData("ln -s . photos/self")]
    [InlineData("ln -s .. photos/more/up; ln -s more photos/again")]
    [InlineData("ln -s ../photos photos/one; ln -s ../photos photos/two; ln -s ../one photos/more/three")]
    [InlineData("ln -s a.png photos/0.png; ln -s more/b.png photos/1.png")]
    public void Constructor_LinksIntoTheFolderItself_CountEachFileOnce(string command)
    {
        Shell(command);
        var images = new ImageFolder(folder.PathOf("photos"));
        Assert.Equal(["a.png", "more/b.png"], Names(images));
        Assert.Empty(images.Unreadable);
    }

    [Fact]
    public void Constructor_LinksToTheOutside_AreFollowedOnce()
    {
        Directory.CreateDirectory(folder.PathOf("other"));
        Write("other/c.png");
        Write("d.png");
        Shell("ln -s ../other photos/x; ln -s ../other photos/y; ln -s ../d.png photos/d.png; ln -s photos link");
        Assert.Equal(["a.png", "d.png", "more/b.png", "x/c.png"], Names(new ImageFolder(folder.PathOf("photos"))));
        var linked = new ImageFolder(folder.PathOf("link"));
        Assert.Equal(4, linked.Count);
        Assert.Equal(8, linked.Read(3).Width);
    }

    [Fact]
    public void Constructor_WhatIsNoRegularFile_IsReportedAndNeverOpened()
    {
        Shell("mkfifo photos/pipe.png; ln -s gone.png photos/dangling.png; ln -s loop.png photos/loop.png; touch photos/empty.png");
        var images = new ImageFolder(folder.PathOf("photos"));
        Assert.Equal(["a.png", "more/b.png"], Names(images));
        Assert.Equal(["dangling.png", "empty.png", "loop.png", "pipe.png"], images.Unreadable.Select(u => u.Name));
        Assert.Contains("does not exist", images.Unreadable[0].Reason, StringComparison.Ordinal);
        Assert.Contains("circle", images.Unreadable[2].Reason, StringComparison.Ordinal);
        Assert.Contains("pipe", images.Unreadable[3].Reason, StringComparison.Ordinal);

        var pairs = new ImagePairs(images, new GaussianNoise(10));
        using PairedBatch batch = pairs.Patches(4, 8, new Random(1));
        Assert.Equal(images.Unreadable, pairs.Skipped);
    }

    [Fact]
    public void Constructor_NothingButUnreadableEntries_NamesOne()
    {
        Shell("mkdir pipes; mkfifo pipes/pipe.png");
        Assert.Contains(
            "the first, pipe.png: it is empty, or it is a pipe",
            Assert.Throws<ArgumentException>(() => new ImageFolder(folder.PathOf("pipes"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_FoldersWithoutPermission_AreSaidToBe()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "root may read every folder");
        Shell("chmod 0 photos/more");
        var images = new ImageFolder(folder.PathOf("photos"));
        Assert.Equal(["a.png"], Names(images));
        Assert.Equal("more", Assert.Single(images.Unreadable).Name);

        Shell("chmod 0 photos");
        Assert.Throws<UnauthorizedAccessException>(() => new ImageFolder(folder.PathOf("photos")));
    }

    private static IEnumerable<string> Names(ImageFolder images) => Enumerable.Range(0, images.Count).Select(images.NameOf);

    private void Write(string name)
    {
        using Tensor picture = SyntheticImage.DeadLeaves(8, 8, seed: 1);
        ImageFile.Write(folder.PathOf(name), picture);
    }

    private void Shell(string command)
    {
        using Process shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]) { WorkingDirectory = folder.FullName })!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }
}

using System.Security.Cryptography;
using Mdf.Models.Perceptual;
using Mdf.Testing;
using Mdf.TorchCompatibility;

namespace Mdf.Models.Tests.Perceptual;

public sealed class PretrainedWeightsTests : IDisposable
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7 / 3))];

    private readonly TemporaryFolder folder = new();
    private readonly string? before = Environment.GetEnvironmentVariable(PretrainedWeights.FolderVariable);
    private readonly FileServer server = new(Content);

    public PretrainedWeightsTests() => Environment.SetEnvironmentVariable(PretrainedWeights.FolderVariable, folder.FullName);

    private PretrainedFile Published => new("file.bin", new Uri(server.Address, "file.bin"), Hash(Content)[..8]);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(PretrainedWeights.FolderVariable, before);
        server.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Folder_WithoutVariable_IsInThePlatformsCache()
    {
        Environment.SetEnvironmentVariable(PretrainedWeights.FolderVariable, null);
        Assert.Equal("mdf", Path.GetFileName(PretrainedWeights.Folder));
        Assert.True(Path.IsPathRooted(PretrainedWeights.Folder));
    }

    [Fact]
    public void Files_Official_HaveTorchvisionsNamesAndHashes()
    {
        Assert.Equal(("vgg16-397923af.pth", "397923af"), (PretrainedWeights.Vgg16.Name, PretrainedWeights.Vgg16.HashPrefix));
        Assert.Equal(("vgg19-dcbb9e9d.pth", "dcbb9e9d"), (PretrainedWeights.Vgg19.Name, PretrainedWeights.Vgg19.HashPrefix));
        Assert.Equal(("alexnet-owt-7be5be79.pth", "7be5be79"), (PretrainedWeights.AlexNet.Name, PretrainedWeights.AlexNet.HashPrefix));
        Assert.Equal(
            ("squeezenet1_1-b8a52dc0.pth", "b8a52dc0"), (PretrainedWeights.SqueezeNet.Name, PretrainedWeights.SqueezeNet.HashPrefix));
        Assert.Equal("https://download.pytorch.org/models/vgg16-397923af.pth", PretrainedWeights.Vgg16.Source.ToString());
    }

    [Fact]
    public void Find_FileThatIsThere_GivesItsPath()
    {
        string cached = folder.PathOf(PretrainedWeights.Vgg16.Name), own = folder.PathOf("own.pth");
        File.WriteAllText(cached, "");
        File.WriteAllText(own, "");
        Assert.Equal(cached, PretrainedWeights.Find(PretrainedWeights.Vgg16));
        Assert.Equal(own, PretrainedWeights.Find(PretrainedWeights.Vgg16, own));
    }

    [Fact]
    public void Find_FileThatIsMissing_SaysWhichToPutWhere()
    {
        var error = Assert.Throws<FileNotFoundException>(() => PretrainedWeights.Find(PretrainedWeights.AlexNet));
        Assert.Equal(folder.PathOf("alexnet-owt-7be5be79.pth"), error.FileName);
        const string Source = "https://download.pytorch.org/models/";
        foreach (string said in new[] { "alexnet-owt-7be5be79.pth", folder.FullName, Source, "DownloadAsync", "MDF_CACHE_DIR" })
        {
            Assert.Contains(said, error.Message, StringComparison.Ordinal);
        }

        Assert.Contains(
            "'nowhere.pth'",
            Assert.Throws<FileNotFoundException>(() => PretrainedWeights.Find(PretrainedWeights.Vgg16, "nowhere.pth")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task DownloadAsync_File_ArrivesWholeWithProgress()
    {
        var told = new List<DownloadProgress>();
        string path = await DownloadAsync(new ListProgress(told));

        Assert.Equal(folder.PathOf("file.bin"), path);
        Assert.Equal(Content, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        Assert.Equal(["file.bin"], folder.FileNames());
        Assert.Equal(new DownloadProgress(0, Content.Length), told[0]);
        Assert.Equal(new DownloadProgress(Content.Length, Content.Length), told[^1]);
        Assert.Equal(told.Select(p => p.Received).Order(), told.Select(p => p.Received));

        Assert.Equal(path, await DownloadAsync());
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task DownloadAsync_NewFolder_IsMade()
    {
        Environment.SetEnvironmentVariable(PretrainedWeights.FolderVariable, folder.PathOf("a/b"));
        Assert.Equal(folder.PathOf("a/b/file.bin"), await DownloadAsync());
    }

    [Fact]
    public async Task DownloadAsync_AfterABrokenConnection_GoesOn()
    {
        server.BreaksAfter = 100_000;
        await Assert.ThrowsAnyAsync<Exception>(() => DownloadAsync());
        Assert.Equal(["file.bin.part"], folder.FileNames());
        long had = new FileInfo(folder.PathOf("file.bin.part")).Length;

        server.BreaksAfter = null;
        string path = await DownloadAsync();

        Assert.Equal(Content, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        Assert.Equal([0, (int)had], server.Requests);
        Assert.Equal(["file.bin"], folder.FileNames());
    }

    [Theory]
    [InlineData(100_000, false, new[] { 100_000 })] // a server without range requests sends the whole file
    [InlineData(300_000, true, new[] { 300_000, 0 })] // the partial file is longer than the file on the server
    [InlineData(400_000, true, new[] { 400_000, 0 })]
    public async Task DownloadAsync_PartThatCannotBeGoneOnWith_StartsAnew(int length, bool knowsRanges, int[] requests)
    {
        File.WriteAllBytes(folder.PathOf("file.bin.part"), new byte[length]);
        server.KnowsRanges = knowsRanges;
        Assert.Equal(Content, await File.ReadAllBytesAsync(await DownloadAsync(), TestContext.Current.CancellationToken));
        Assert.Equal(requests, server.Requests);
    }

    [Fact]
    public async Task DownloadAsync_PartThatIsComplete_IsNotDownloadedAgain()
    {
        File.WriteAllBytes(folder.PathOf("file.bin.part"), Content);
        var told = new List<DownloadProgress>();
        Assert.Equal(
            Content,
            await File.ReadAllBytesAsync(await DownloadAsync(new ListProgress(told)), TestContext.Current.CancellationToken));
        Assert.Equal([Content.Length], server.Requests);
        Assert.Equal([new DownloadProgress(Content.Length, Content.Length)], told);
        Assert.Equal(["file.bin"], folder.FileNames());
    }

    [Fact]
    public async Task DownloadAsync_AnotherFileThanExpected_IsRefusedAndDeleted()
    {
        server.Content = [1, 2, 3];
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => DownloadAsync());
        Assert.Contains(Hash([1, 2, 3]), error.Message, StringComparison.Ordinal);
        Assert.Contains(Published.HashPrefix, error.Message, StringComparison.Ordinal);
        Assert.Empty(folder.FileNames());
    }

    [Fact]
    public async Task DownloadAsync_FileTheServerLacks_Throws()
    {
        var missing = Published with { Source = new Uri(server.Address, "other.bin") };
        await Assert.ThrowsAsync<HttpRequestException>(
            () => PretrainedWeights.DownloadAsync(missing, cancellation: TestContext.Current.CancellationToken));
        Assert.DoesNotContain("file.bin", folder.FileNames());
    }

    [Fact]
    public async Task DownloadAsync_Cancelled_CanBeGoneOnWith()
    {
        using var source = new CancellationTokenSource();
        var progress = new ActionProgress(p =>
        {
            if (p.Received > 0)
            {
                source.Cancel();
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => PretrainedWeights.DownloadAsync(Published, progress, cancellation: source.Token));
        Assert.Equal(["file.bin.part"], folder.FileNames());
        Assert.Equal(Content, await File.ReadAllBytesAsync(await DownloadAsync(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task DownloadAsync_WhileAnotherDownloads_IsRefused()
    {
        await using var other = new FileStream(folder.PathOf("file.bin.part"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        await Assert.ThrowsAsync<IOException>(() => DownloadAsync());
    }

    [Fact]
    public async Task DownloadAsync_BetweenLastByteAndMove_IsRefused()
    {
        // At this moment the partial file is complete and closed, but still belongs to the other process.
        File.WriteAllBytes(folder.PathOf("file.bin.part"), Content);
        using (new FileStream(folder.PathOf("file.bin.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Contains(
                "Another process is downloading",
                (await Assert.ThrowsAsync<IOException>(() => DownloadAsync())).Message,
                StringComparison.Ordinal);
            Assert.Equal(Content, await File.ReadAllBytesAsync(folder.PathOf("file.bin.part"), TestContext.Current.CancellationToken));
            Assert.Empty(server.Requests);
        }

        await DownloadAsync();
        Assert.Equal(["file.bin"], folder.FileNames());
    }

    [Fact]
    public async Task DownloadAsync_SeveralAtATime_LeaveTheWholeFile()
    {
        for (int round = 0; round < 20; round++)
        {
            File.Delete(folder.PathOf("file.bin"));
            Task<string>[] downloads = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() => DownloadAsync()))];
            await Task.WhenAll(downloads.Select(d => d.ContinueWith(_ => { }, TaskScheduler.Default)));
            Assert.Contains(downloads, d => d.IsCompletedSuccessfully);
            Assert.All(downloads.Where(d => d.IsFaulted), d => Assert.IsAssignableFrom<IOException>(d.Exception!.InnerException));
            Assert.Equal(Content, await File.ReadAllBytesAsync(folder.PathOf("file.bin"), TestContext.Current.CancellationToken));
            Assert.Equal(["file.bin"], folder.FileNames());
        }
    }

    private static string Hash(byte[] content) => Convert.ToHexString(SHA256.HashData(content));

    private Task<string> DownloadAsync(IProgress<DownloadProgress>? progress = null) =>
        PretrainedWeights.DownloadAsync(Published, progress, cancellation: TestContext.Current.CancellationToken);

    private sealed class ListProgress(List<DownloadProgress> reports) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => reports.Add(value);
    }

    private sealed class ActionProgress(Action<DownloadProgress> action) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => action(value);
    }
}

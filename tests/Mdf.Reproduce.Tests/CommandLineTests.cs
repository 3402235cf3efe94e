using Mdf.Testing;
using Reproduce.Losses;
using Application = Reproduce.Application;

namespace Mdf.Reproduce.Tests;

public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Report_OfAFolderWithoutResults_SaysSoInALine()
    {
        ProgramRun ended = await ProgramRun.RunAsync(["report", "--output", folder.FullName]);

        Assert.Equal(1, ended.ExitCode);
        Assert.Contains(
            "holds no results; run experiments first.", Assert.Single(ended.Errors.Trim().Split('\n')), StringComparison.Ordinal);
        Assert.False(File.Exists(folder.PathOf("report.html")));
    }

    [Fact]
    public async Task Report_OfADamagedResult_NamesItInALine()
    {
        folder.Write("runs/evaluation-0123456789abcdef.json", "{ \"Kind\": ");

        ProgramRun ended = await ProgramRun.RunAsync(["report", "--output", folder.FullName]);

        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("evaluation-0123456789abcdef.json", Assert.Single(ended.Errors.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_OfOneDamagedResultAmongOthers_LeavesItOutWithAWarning()
    {
        using MadeUpRun run = new MadeUpRun().Add(MadeUpRun.L2, MadeUpRun.Around(30)).Add(MadeUpRun.L1, MadeUpRun.Around(31));
        string damaged = Directory.GetFiles(run.Workspace.Runs.Folder)[0];
        File.WriteAllText(damaged, "{ \"Kind\": ");

        ProgramRun ended = await ProgramRun.RunAsync(["report", "--output", run.Workspace.Folder]);

        Assert.Equal(0, ended.ExitCode);
        Assert.Contains(Path.GetFileName(damaged), Assert.Single(ended.Errors.Trim().Split('\n')), StringComparison.Ordinal);
        Assert.Contains("of 1 results", ended.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(run.Workspace.Folder, "*.tmp"));
    }

    [Fact]
    public void Weights_WithAndWithoutAnApplication_AreForWhatTheySay()
    {
        folder.Write("a=b/Ds.pth", "");
        string file = folder.PathOf("a=b/Ds.pth");

        Assert.Equal(new GivenWeights("jpeg", file), GivenWeights.Parse($"jpeg={file}"));
        Assert.Equal(new GivenWeights(null, file), GivenWeights.Parse(file));
        Assert.Equal(new GivenWeights(null, "sisr.ckpt"), GivenWeights.Parse("sisr.ckpt"));
        Assert.Equal(["jpeg", "jpeg7"], Application.All.Where(GivenWeights.Parse($"jpeg={file}").IsFor).Select(a => a.Key));
        Assert.Equal(["jpeg7"], Application.All.Where(GivenWeights.Parse($"jpeg7={file}").IsFor).Select(a => a.Key));
        Assert.Equal(Application.All, Application.All.Where(GivenWeights.Parse(file).IsFor));
    }

    [Fact]
    public void Weights_UnknownApplicationOrFile_IsRefused()
    {
        folder.Write("Ds.pth", "");

        ArgumentException error = Assert.Throws<ArgumentException>(() => GivenWeights.Parse($"jpg={folder.PathOf("Ds.pth")}"));

        Assert.Contains(
            "there is no application 'jpg'; expected a file, or one of edsr, srresnet, denoise, jpeg, jpeg7",
            error.Message,
            StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => GivenWeights.Parse($"jpeg={folder.PathOf("none.pth")}"));
        Assert.Throws<FileNotFoundException>(() => GivenWeights.Parse(folder.PathOf("x=none.pth")));
    }
}

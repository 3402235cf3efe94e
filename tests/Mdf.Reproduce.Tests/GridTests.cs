using Mdf.Testing;
using Mdf.TorchCompatibility;
using Reproduce.Experiments;
using Reproduce.Grids;
using Reproduce.Losses;
using Reproduce.Trainings;

namespace Mdf.Reproduce.Tests;

public sealed class GridTests : IDisposable
{
    private readonly TinyRun run = new();

    public void Dispose() => run.Dispose();

    [Fact]
    public void Run_Again_DoesNothingAgain()
    {
        run.Run(run.Settings(LossNames.L2), grids => grids.Table(), TestContext.Current.CancellationToken);
        DateTime[] before = [.. Files("runs").Select(File.GetLastWriteTimeUtc)];

        using var grids = new PaperGridsOf(run, LossNames.L2);
        Assert.All(grids.Table, item => Assert.True(item.IsDone()));
        run.Run(run.Settings(LossNames.L2), all => all.Table(), TestContext.Current.CancellationToken);

        Assert.Equal(before, Files("runs").Select(File.GetLastWriteTimeUtc));
        Assert.Empty(Directory.GetDirectories(Path.Combine(run.Folder, "trainings")));
    }

    [Fact]
    public void Run_InParts_IsTheWhole()
    {
        using var whole = new TinyRun();
        whole.Run(whole.Settings(), grids => grids.Table(), TestContext.Current.CancellationToken);
        foreach (string part in (string[])["1/2", "2/2"])
        {
            run.Run(run.Settings() with { Shard = Shard.Parse(part) }, grids => grids.Table(), TestContext.Current.CancellationToken);
        }

        Assert.Equal(Results(whole.Folder), Results(run.Folder));
    }

    [Fact]
    public void Run_AnotherSeed_IsAnotherExperiment()
    {
        run.Run(run.Settings(LossNames.L2), grids => grids.Table(), TestContext.Current.CancellationToken);
        int before = Files("runs").Length;
        run.Run(run.Settings(LossNames.L2) with { Seed = 2 }, grids => grids.Table(), TestContext.Current.CancellationToken);

        // Of each application a network; what is unrestored has no seed.
        Assert.Equal(before + 2, Files("runs").Length);
    }

    [Fact]
    public async Task Run_KilledAndGoneOnWith_GivesWhatARunInOneDoes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "ends a process at once by a signal");
        string[] arguments =
        [
            "table", "--preset", "smoke", "--applications", "jpeg", "--steps", TestLength.IsFull ? "600" : "250", "--count", "2",
            "--losses", .. TestLength.IsFull ? (string[])[LossNames.L1, LossNames.L2] : [LossNames.L2],
        ];
        using var whole = new TinyRun();
        await RunAsync([.. arguments, "--output", whole.Folder], until: null);

        // Killed in the middle of the training, once there is a state that is not the first.
        await RunAsync([.. arguments, "--output", run.Folder], until: () => Directory.Exists(Path.Combine(run.Folder, "trainings"))
            && Directory.GetFiles(Path.Combine(run.Folder, "trainings"), "log.csv", SearchOption.AllDirectories).Any(f => Lines(f) > 5));
        Assert.NotEqual(Results(whole.Folder).Length, Results(run.Folder).Length);
        await RunAsync([.. arguments, "--output", run.Folder], until: null);

        Assert.Equal(Results(whole.Folder), Results(run.Folder));
    }

    [Fact]
    public void Run_OneFails_DoesTheOthersAndNamesIt()
    {
        var done = new List<string>();
        GridItem[] items =
        [
            Item("first", () => throw new InvalidDataException("no such picture\nand more")),
            Item("second", () => done.Add("second")),
            new GridItem("third", () => throw new InvalidDataException("damaged"), (_, _) => { }),
            Item("fourth", () => done.Add("fourth")),
        ];

        IReadOnlyList<GridFailure> failures = Grid.Run(items, Shard.Whole, TestContext.Current.CancellationToken);

        Assert.Equal(["second", "fourth"], done);
        Assert.Equal([new("third", "damaged"), new("first", "no such picture")], failures);
    }

    [Fact]
    public void Run_OneFailsThatNobodyForesaw_SaysWhere()
    {
        GridFailure failure = Assert.Single(
            Grid.Run([Item("one", () => throw new KeyNotFoundException("key"))], Shard.Whole, TestContext.Current.CancellationToken));

        Assert.Contains(nameof(Run_OneFailsThatNobodyForesaw_SaysWhere), failure.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Cancelled_Stops()
    {
        var done = new List<string>();
        GridItem[] items = [Item("first", () => throw new OperationCanceledException()), Item("second", () => done.Add("second"))];

        Assert.Throws<OperationCanceledException>(() => Grid.Run(items, Shard.Whole, TestContext.Current.CancellationToken));
        Assert.Empty(done);
    }

    [Fact]
    public async Task Program_AnExperimentFails_DoesTheOthersAndEndsWithOne()
    {
        // Where trainings go there is a file.
        await File.WriteAllTextAsync(Path.Combine(run.Folder, "trainings"), "", TestContext.Current.CancellationToken);

        ProgramRun ended = await ProgramRun.RunAsync(
            ["table", "--preset", "smoke", "--applications", "jpeg", "--losses", LossNames.L2, "--count", "2", "--output", run.Folder]);

        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("1 of 2 experiments failed", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("- JPEG removal, DnCNN, quality 10: L2: ", ended.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Errors, StringComparison.Ordinal);
        Assert.Single(Files("runs"));
    }

    [Fact]
    public void Run_KilledBetweenNetworkAndTidying_TidiesTheNextTime()
    {
        run.Run(run.Settings(LossNames.L2), grids => grids.Table(), TestContext.Current.CancellationToken);
        string network = Path.GetFileNameWithoutExtension(Files("networks")[0]), folder = Path.Combine(run.Folder, "trainings", network);
        Directory.CreateDirectory(folder);
        foreach (string result in Files("runs"))
        {
            File.Delete(result);
        }

        run.Run(run.Settings(LossNames.L2), grids => grids.Table(), TestContext.Current.CancellationToken);

        Assert.False(Directory.Exists(folder));
    }

    private static GridItem Item(string title, Action run) => new(title, () => false, (_, _) => run());

    private static int Lines(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd().Count(c => c == '\n');
    }

    private static async Task RunAsync(string[] arguments, Func<bool>? until)
    {
        ProgramRun ended = await ProgramRun.RunAsync(arguments, until);
        Assert.True(until is not null || ended.ExitCode == 0, ended.Output + ended.Errors);
    }

    // What was measured, without times.
    private static string[] Results(string folder) =>
        [.. new ExperimentStore(Path.Combine(folder, "runs")).All<EvaluationDescription, EvaluationResult>(TrainingGrid.Kind)
            .Select(r => $"{r.Identity}: {string.Join(' ', r.Result.Psnr)} {string.Join(' ', r.Result.Ssim)}")];

    private string[] Files(string name) => [.. Directory.GetFiles(Path.Combine(run.Folder, name)).Order(StringComparer.Ordinal)];

    private sealed class PaperGridsOf(TinyRun run, params string[] losses) : IDisposable
    {
        private readonly global::Reproduce.PaperGrids grids = new(run.Settings(losses));

        public IReadOnlyList<GridItem> Table => grids.Table();

        public void Dispose() => grids.Dispose();
    }
}

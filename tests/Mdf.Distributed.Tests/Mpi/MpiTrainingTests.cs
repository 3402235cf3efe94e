using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Mdf.Checkpoints;
using Mdf.Models.Restoration;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Distributed.Tests.Mpi;

/// <summary>Trains with real processes, by each MPI library there is.</summary>
public sealed partial class MpiTrainingTests : IDisposable
{
    private const string OpenMpi = "mpirun.openmpi";
    private const string Mpich = "mpirun.mpich";
    private const int Steps = 30;
    private const int First = 15;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(OpenMpi, 2)]
    [InlineData(OpenMpi, 4)]
    [InlineData(Mpich, 2)]
    [InlineData(Mpich, 4)]
    public async Task Train_SeveralProcesses_GiveWhatOneGives(string launcher, int size)
    {
        Shorten(launcher == (size == 2 ? OpenMpi : Mpich));
        using var scope = NewDisposeScope();
        using RestorationNetwork one = Edsr("one").Run(group: null), stopped = (Edsr("given") with { Steps = First }).Run(group: null);
        string output = await Job.SucceedAsync(
            launcher, size, Rank.Exchanges, $"{Edsr("several")}", $"{Edsr("taken") with { Steps = First }}", $"{Edsr("given")}");
        AssertEqualWeights(output, size);

        // What several processes began, one ends, and the other way round.
        using RestorationNetwork alone = Edsr("taken").Run(group: null);
        AssertNear("one", "several");
        AssertNear("one", "taken");
        AssertNear("one", "given");
        Assert.Equal(["best.ckpt", "last.ckpt", "log.csv", "state.safetensors"], Files("several"));
        Assert.Equal(File.ReadLines(PathOf("one/log.csv")).Count(), File.ReadLines(PathOf("several/log.csv")).Count());
    }

    [Theory]
    [InlineData(OpenMpi)]
    [InlineData(Mpich)]
    public async Task Train_StateOfTwoProcesses_GoesOnWithFour(string launcher)
    {
        TestLength.SkipUnlessFull("starts six processes");
        using var scope = NewDisposeScope();
        using RestorationNetwork one = Edsr("one").Run(group: null);
        await Job.SucceedAsync(launcher, 2, $"{Edsr("parts") with { Steps = First }}");
        AssertEqualWeights(await Job.SucceedAsync(launcher, 4, $"{Edsr("parts")}"), 4);
        AssertNear("one", "parts");
    }

    [Theory]
    [InlineData(OpenMpi)]
    [InlineData(Mpich)]
    public async Task Train_OneProcessKilled_EndsAllAndGoesOnToTheSameBytes(string launcher)
    {
        Shorten(launcher == OpenMpi);
        await Job.SucceedAsync(launcher, 2, $"{Edsr("whole")}");
        var random = new Random(1);
        for (int i = 0; i < TestLength.Of(full: 20, usual: 1); i++)
        {
            string name = $"parts{i}";
            await KillOne(launcher, Edsr(name) with { Pause = TimeSpan.FromMilliseconds(30) }, random);
            using (StateDictionary state = SafetensorsFile.Read(PathOf($"{name}/state.safetensors")))
            {
                Assert.InRange(int.Parse(state.Metadata["step"], CultureInfo.InvariantCulture), 1, Steps - 1);
                Assert.All(state.Values, t => Assert.True(t.isfinite().all().item<bool>()));
            }

            await Job.SucceedAsync(launcher, 2, $"{Edsr(name)}");
            foreach (string file in (string[])["state.safetensors", "last.ckpt", "best.ckpt"])
            {
                Assert.Equal(File.ReadAllBytes(PathOf($"whole/{file}")), File.ReadAllBytes(PathOf($"{name}/{file}")));
            }
        }
    }

    [Theory]
    [InlineData(OpenMpi)]
    [InlineData(Mpich)]
    public async Task Train_OneProcessLosesItsData_EndsAllByItsReason(string launcher)
    {
        Shorten(launcher == Mpich);
        using var job = new Job(launcher, 2, Rank.Failure + PathOf("failed"));
        await job.UntilAsync(() => File.Exists(PathOf("failed/last.ckpt")));
        var watch = Stopwatch.StartNew();
        Assert.NotEqual(0, await job.EndAsync());
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Patience);
        Assert.Contains("Rank 1 of 2 ends the job: None of the 3 images can be used", job.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Rank 0 of 2 ends", job.Output, StringComparison.Ordinal);
        using StateDictionary state = SafetensorsFile.Read(PathOf("failed/state.safetensors"));
    }

    [Fact]
    public async Task Join_LibraryOfAnotherLauncher_IsSaid()
    {
        using var job = new Job(OpenMpi, 2, "libmpich.so.12", [Rank.Exchanges]);
        Assert.NotEqual(0, await job.EndAsync());
        Assert.SkipWhen(job.Output.Contains("cannot be loaded", StringComparison.Ordinal), "no libmpich.so.12");
        Assert.Contains(
            "counts 1 process, but Open MPI's mpirun started 2: the library does not belong to the launcher.",
            job.Output,
            StringComparison.Ordinal);
    }

    private static void Shorten(bool isUsual)
    {
        if (!isUsual)
        {
            TestLength.SkipUnlessFull("starts several processes, as a test of the other library does");
        }
    }

    // Each process tells what weights it has.
    private static void AssertEqualWeights(string output, int size)
    {
        IGrouping<string, string>[] tasks =
            [.. Hashes().Matches(output).GroupBy(m => m.Groups["task"].Value, m => m.Groups["hash"].Value)];
        Assert.NotEmpty(tasks);
        Assert.All(tasks, hashes => Assert.Equal((size, 1), (hashes.Count(), hashes.Distinct().Count())));
    }

    private async Task KillOne(string launcher, TestTraining training, Random random)
    {
        using var job = new Job(launcher, 2, $"{training}");
        await job.UntilAsync(() => File.Exists(Path.Combine(training.Folder, "last.ckpt")));
        await Task.Delay(random.Next(700), TestContext.Current.CancellationToken);
        int[] processes = [.. Identifiers().Matches(job.Output).Select(m => int.Parse(m.Groups["id"].Value, CultureInfo.InvariantCulture))];
        Assert.Equal(2, processes.Length);
        using (Process killed = Process.GetProcessById(processes[random.Next(2)]))
        {
            killed.Kill();
        }

        var watch = Stopwatch.StartNew();
        Assert.NotEqual(0, await job.EndAsync());
        while (processes.Any(IsRunning) && watch.Elapsed < Patience)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Patience);
    }

    private static bool IsRunning(int process) => Directory.Exists($"/proc/{process}");

    private string PathOf(string name) => folder.PathOf(name);

    private TestTraining Edsr(string name) => new("edsr", Steps, PathOf(name));

    private string[] Files(string name) => [.. Directory.GetFiles(PathOf(name)).Select(f => Path.GetFileName(f)).Order()];

    // The distance of the weights, as a share of their size.
    private void AssertNear(string expected, string actual)
    {
        using StateDictionary one = SafetensorsFile.Read(PathOf($"{expected}/last.ckpt"));
        using StateDictionary other = SafetensorsFile.Read(PathOf($"{actual}/last.ckpt"));
        double distance = Math.Sqrt(one.Sum(t => Math.Pow((t.Value - other[t.Key]).norm().item<float>(), 2)));
        double size = Math.Sqrt(one.Sum(t => Math.Pow(t.Value.norm().item<float>(), 2)));
        Assert.True(distance <= 1e-6 * size, $"{actual}: the weights differ by {distance / size:g3} of their size.");
    }

    [GeneratedRegex(@"^(?<task>\S+): rank \d of \d: (?<hash>[0-9A-F]{64})", RegexOptions.Multiline)]
    private static partial Regex Hashes();

    [GeneratedRegex(@"rank \d is process (?<id>\d+)")]
    private static partial Regex Identifiers();
}

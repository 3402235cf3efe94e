using System.Text.RegularExpressions;
using Mdf.Checkpoints;
using Mdf.Models.Restoration;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Distributed.Tests.Mpi;

/// <summary>Trains with real processes, by each MPI library there is.</summary>
public sealed partial class MpiTrainingTests : IDisposable
{
    private const int Steps = 30;
    private const int First = 15;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Launchers => Job.Launchers;

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Launchers))]
    public async Task Train_TwoAndFourProcesses_GiveWhatOneGives(string launcher)
    {
        using var scope = NewDisposeScope();
        string output = await Job.SucceedAsync(
            launcher, 2, Rank.Exchanges, Edsr("two", Steps), Edsr("stopped", First), new TestTraining("dncnn", 5, PathOf("norm")).ToString());
        CopyFolder("stopped", "alone");
        CopyFolder("stopped", "all");
        output += await Job.SucceedAsync(launcher, 4, Rank.Exchanges, Edsr("four", Steps), Edsr("all", Steps));

        // Each process's weights, to the last bit.
        foreach (IGrouping<string, string> task in Hashes().Matches(output).GroupBy(m => m.Groups["task"].Value, m => m.Groups["hash"].Value))
        {
            Assert.Single(task.Distinct());
        }

        using RestorationNetwork one = new TestTraining("edsr", Steps, PathOf("one")).Run(group: null);
        using RestorationNetwork alone = new TestTraining("edsr", Steps, PathOf("alone")).Run(group: null);
        foreach (string name in (string[])["two", "four", "alone", "all"])
        {
            AssertNear("one", name);
        }

        Assert.Equal(["best.ckpt", "last.ckpt", "log.csv", "state.safetensors"], Files("two"));
        Assert.Equal(File.ReadLines(PathOf("one/log.csv")).Count(), File.ReadLines(PathOf("four/log.csv")).Count());
    }

    private string PathOf(string name) => folder.PathOf(name);

    private string Edsr(string name, int steps) => new TestTraining("edsr", steps, PathOf(name)).ToString();

    private string[] Files(string name) => [.. Directory.GetFiles(PathOf(name)).Select(f => Path.GetFileName(f)).Order()];

    private void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(PathOf(to));
        foreach (string file in Files(from))
        {
            File.Copy(PathOf($"{from}/{file}"), PathOf($"{to}/{file}"));
        }
    }

    // The distance of the weights, as a share of their size.
    private void AssertNear(string expected, string actual)
    {
        using StateDictionary one = SafetensorsFile.Read(PathOf($"{expected}/last.ckpt")), other = SafetensorsFile.Read(
            PathOf($"{actual}/last.ckpt"));
        double distance = Math.Sqrt(one.Sum(t => Math.Pow((t.Value - other[t.Key]).norm().item<float>(), 2)));
        double size = Math.Sqrt(one.Sum(t => Math.Pow(t.Value.norm().item<float>(), 2)));
        Assert.True(distance <= 1e-6 * size, $"{actual}: the weights differ by {distance / size:g3} of their size.");
    }

    [GeneratedRegex(@"^(?<task>\S+): rank \d of \d: (?<hash>[0-9A-F]{64})", RegexOptions.Multiline)]
    private static partial Regex Hashes();
}

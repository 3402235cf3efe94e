// dotnet run --project benchmarks/Mdf.Benchmarks -c Release -- [--device cuda] [--quick] [BenchmarkDotNet's own arguments]
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Mdf.Benchmarks;
using TorchSharp;

if (args is [PeakMemory.Command, var variant, var size, var device])
{
    PeakMemory.Measure(Enum.Parse<Variant>(variant), Size.Parse(size), torch.device(device));
    return;
}

var rest = args.ToList();
BenchmarkSettings.Quick = rest.Remove("--quick");
if (rest.IndexOf("--device") is >= 0 and var at)
{
    BenchmarkSettings.Device = rest[at + 1];
    rest.RemoveRange(at, 2);
}

// In one process, so that ratios are of one run; a step takes from milliseconds to seconds, so that one is an iteration.
Job job = Job.Default
    .WithToolchain(new InProcessEmitToolchain(TimeSpan.FromHours(1), logOutput: false))
    .WithStrategy(BenchmarkDotNet.Engines.RunStrategy.Monitoring)
    .WithWarmupCount(BenchmarkSettings.Quick ? 1 : 2)
    .WithIterationCount(BenchmarkSettings.Quick ? 1 : 7);
IConfig config = ManualConfig.Create(DefaultConfig.Instance)
    .AddJob(job)
    .AddColumn(StatisticColumn.Median, StatisticColumn.Min, StatisticColumn.Max)
    .AddColumn(new PeakMemoryColumn())
    .HideColumns("Mean", "Error", "StdDev")
    .WithOptions(ConfigOptions.DisableLogFile | ConfigOptions.JoinSummary);
BenchmarkSwitcher.FromAssembly(typeof(MdfStep).Assembly).Run(rest.Count == 0 ? ["--filter", "*"] : [.. rest], config);

using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Mdf.Benchmarks;
using Mdf.TorchCompatibility;
using TorchSharp;
// dotnet run --project benchmarks/Mdf.Benchmarks -c Release -- [--device cuda] [--tf32] [--sizes 16x96x96,...] [--variants Fused,...]
// [--images 481x321,...] [--networks dncnn-17-color,...] [--sides 104,...] [--scales 3,...]
// [--working-memory MIB] [--warmups 2] [--iterations 7] [--no-memory] [--glibc-defaults] [--quick] [BenchmarkDotNet's own arguments]
// dotnet run --project benchmarks/Mdf.Benchmarks -c Release -- precision WEIGHTS STEPS SEEDS
// dotnet run --project benchmarks/Mdf.Benchmarks -c Release -- endurance NxHxW STEPS [GC]
// dotnet run --project benchmarks/Mdf.Benchmarks -c Release -- soak MINUTES
// dotnet run --project benchmarks/Mdf.Benchmarks -c Release -- mutations FOLDER FIRST COUNT
// dotnet run --project benchmarks/Mdf.Benchmarks -c Release -- scale-out ROUNDS
// dotnet run --project benchmarks/Mdf.Benchmarks -c Release -- data FOLDER BATCHES
// dotnet run --project benchmarks/Mdf.Benchmarks -c Release -- floor WxH
// dotnet run --project benchmarks/Mdf.Benchmarks -c Release -- restore NETWORK WxH THREADS ROUNDS all|convolutions|onnx|libtorch

var rest = args.ToList();
BenchmarkSettings.HasGlibcDefaults = rest.Remove(BenchmarkSettings.GlibcDefaults);
if (!BenchmarkSettings.HasGlibcDefaults)
{
    TensorMemory.KeepFreedBlocks();
}

BenchmarkSettings.TensorFloat32 = rest.Remove(BenchmarkSettings.TensorFloat32Argument);
torch.backends.cudnn.allow_tf32 = BenchmarkSettings.TensorFloat32;
BenchmarkSettings.WorkingMemory = TakeNumber(BenchmarkSettings.WorkingMemoryArgument);

if (rest is [PeakMemory.Command, var variant, var size, var device])
{
    PeakMemory.Measure(Enum.Parse<Variant>(variant), Size.Parse(size), torch.device(device));
    return 0;
}

if (rest is [PrecisionComparison.Command, var weights, var steps, var seeds])
{
    PrecisionComparison.Run(weights, int.Parse(steps, CultureInfo.InvariantCulture), int.Parse(seeds, CultureInfo.InvariantCulture));
    return 0;
}

if (rest is [Endurance.Command, var small, var many, ..])
{
    Endurance.Run(Size.Parse(small), int.Parse(many, CultureInfo.InvariantCulture), collects: rest is [.., "GC"]);
    return 0;
}

if (rest is [Soak.Command, var minutes])
{
    return Soak.Run(double.Parse(minutes, CultureInfo.InvariantCulture)) == 0 ? 0 : 1;
}

if (rest is [Mutations.Command, var folder, var first, var inputs])
{
    long faults = Mutations.Run(
        folder, long.Parse(first, CultureInfo.InvariantCulture), long.Parse(inputs, CultureInfo.InvariantCulture));
    return faults == 0 ? 0 : 1;
}

if (rest is [ScaleOut.Command, var rounds])
{
    ScaleOut.Run(int.Parse(rounds, CultureInfo.InvariantCulture));
    return 0;
}

if (rest is [DataSide.Command, var photographs, var batches])
{
    DataSide.Run(photographs, int.Parse(batches, CultureInfo.InvariantCulture));
    return 0;
}

if (rest is [RestoreOnce.Command, var network, var image, var threads, var repeats, var engines])
{
    RestoreOnce.Run(
        network, image, int.Parse(threads, CultureInfo.InvariantCulture), int.Parse(repeats, CultureInfo.InvariantCulture), engines);
    return 0;
}

if (rest is [Floor.Command, var restored])
{
    Floor.Run(restored);
    return 0;
}

if (rest is [ScaleOut.RankCommand, var task])
{
    ScaleOut.RunRank(task);
    return 0;
}

BenchmarkSettings.Quick = rest.Remove("--quick");
BenchmarkSettings.MeasuresMemory = !rest.Remove("--no-memory");
BenchmarkSettings.Device = Take("--device") ?? BenchmarkSettings.Device;
BenchmarkSettings.Sizes = Take("--sizes")?.Split(',') ?? BenchmarkSettings.Sizes;
BenchmarkSettings.Images = Take("--images")?.Split(',') ?? BenchmarkSettings.Images;
BenchmarkSettings.Networks = Take("--networks")?.Split(',') ?? BenchmarkSettings.Networks;
BenchmarkSettings.Sides = TakeNumbers("--sides") ?? BenchmarkSettings.Sides;
BenchmarkSettings.Scales = TakeNumbers("--scales") ?? BenchmarkSettings.Scales;
BenchmarkSettings.Variants = Take("--variants")?.Split(',').Select(Enum.Parse<Variant>).ToArray() ?? BenchmarkSettings.Variants;
BenchmarkSettings.Warmups = TakeNumber("--warmups") ?? BenchmarkSettings.Warmups;
BenchmarkSettings.Iterations = TakeNumber("--iterations") ?? BenchmarkSettings.Iterations;

// An option of ours and its value, which BenchmarkDotNet must not see.
string? Take(string option)
{
    int at = rest.IndexOf(option);
    if (at < 0 || at + 1 == rest.Count)
    {
        return null;
    }

    string value = rest[at + 1];
    rest.RemoveRange(at, 2);
    return value;
}

int[]? TakeNumbers(string option) =>
    Take(option)?.Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray();

int? TakeNumber(string option) => Take(option) is { } value ? int.Parse(value, CultureInfo.InvariantCulture) : null;

// In one process, so that ratios are of one run; a step takes from milliseconds to seconds, so that one is an iteration.
Job job = Job.Default
    .WithToolchain(new InProcessEmitToolchain(TimeSpan.FromHours(1), logOutput: true))
    .WithStrategy(BenchmarkDotNet.Engines.RunStrategy.Monitoring)
    .WithWarmupCount(BenchmarkSettings.Quick ? 1 : BenchmarkSettings.Warmups)
    .WithIterationCount(BenchmarkSettings.Quick ? 1 : BenchmarkSettings.Iterations);
IConfig config = ManualConfig.Create(DefaultConfig.Instance)
    .AddJob(job)
    .AddColumn(StatisticColumn.Median, StatisticColumn.Min, StatisticColumn.Max)
    .AddColumn(new PeakMemoryColumn())
    .HideColumns("Mean", "Error", "StdDev")
    .WithOptions(ConfigOptions.DisableLogFile | ConfigOptions.JoinSummary);
Summary[] summaries =
    [.. BenchmarkSwitcher.FromAssembly(typeof(LossStep).Assembly).Run(rest.Count == 0 ? ["--filter", "*"] : [.. rest], config)];
return summaries.Length > 0 && summaries.All(s => !s.HasCriticalValidationErrors && s.Reports.All(r => r.Success)) ? 0 : 1;

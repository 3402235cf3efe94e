using BenchmarkDotNet.Attributes;
using TorchSharp;

namespace Mdf.Benchmarks;

/// <summary>Forward and backward of the MDF loss, by variant and size.</summary>
public class MdfStep
{
    private Step? step;

    /// <summary>A variant on a size; those that a machine of 24 GB cannot run are left out.</summary>
    [ParamsSource(nameof(Cases))]
    public Scenario Case { get; set; } = new(default, new Size(1, 16, 16));

    public static IEnumerable<Scenario> Cases =>
        from size in (BenchmarkSettings.Quick ? ["1x16x16"] : BenchmarkSettings.Sizes).Select(Size.Parse)
        from variant in Enum.GetValues<Variant>()
        where Step.IsFeasible(variant, size)
        select new Scenario(variant, size);

    [GlobalSetup]
    public void Setup() => step = new Step(Case.Variant, Case.Size, torch.device(BenchmarkSettings.Device));

    [GlobalCleanup]
    public void Cleanup() => step!.Dispose();

    [Benchmark]
    public void ForwardAndBackward() => step!.Run();
}

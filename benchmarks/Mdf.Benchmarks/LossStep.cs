using BenchmarkDotNet.Attributes;
using TorchSharp;

namespace Mdf.Benchmarks;

/// <summary>Measures forward and backward of each variant of MDF and of the other losses.</summary>
public class LossStep
{
    private Step? step;

    /// <summary>Variant and batch size; those that need more than 24 GB are left out.</summary>
    [ParamsSource(nameof(Cases))]
    public Scenario Case { get; set; } = new(default, new Size(1, 32, 32));

    public static IEnumerable<Scenario> Cases =>
        from size in (BenchmarkSettings.Quick ? ["1x32x32"] : BenchmarkSettings.Sizes).Select(Size.Parse)
        from variant in BenchmarkSettings.Variants
        where Step.IsFeasible(variant, size)
        select new Scenario(variant, size);

    [GlobalSetup]
    public void Setup() => step = new Step(Case.Variant, Case.Size, torch.device(BenchmarkSettings.Device));

    [GlobalCleanup]
    public void Cleanup() => step!.Dispose();

    [Benchmark]
    public void ForwardAndBackward() => step!.Run();
}

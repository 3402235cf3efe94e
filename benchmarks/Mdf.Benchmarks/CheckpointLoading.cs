using BenchmarkDotNet.Attributes;
using Mdf.Checkpoints;
using Mdf.Losses;
using Mdf.Models.Adversarial;

namespace Mdf.Benchmarks;

/// <summary>Measures loading a file into a loss.</summary>
public class CheckpointLoading
{
    private string folder = "";

    private string Path => System.IO.Path.Combine(folder, "weights.ckpt");

    [GlobalSetup]
    public void Setup()
    {
        folder = Directory.CreateTempSubdirectory("mdf-benchmark-").FullName;
        using var pyramid = DiscriminatorPyramid.CreateUntrained(seed: 1);
        pyramid.Save(Path);
    }

    [GlobalCleanup]
    public void Cleanup() => Directory.Delete(folder, recursive: true);

    [Benchmark]
    public void ReadStateDictionary() => StateDictionaryReader.Read(Path).Dispose();

    [Benchmark]
    public void CreateLoss() => new MdfLoss(Path).Dispose();
}

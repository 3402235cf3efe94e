using BenchmarkDotNet.Attributes;
using Mdf.Data;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Losses;
using Mdf.Models.Restoration;
using Mdf.Training.Restoration;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Benchmarks;

/// <summary>
/// Steps of training a restoration network on the CPU: those of the trainer, with data made as it goes, log and learning-rate
/// schedule, against a bare loop that has all batches ready.
/// </summary>
public class RestorationTraining
{
    private const int Quality = 10;

    private RestorationTrainingOptions options = new();
    private ImageList? images;
    private L2Loss? loss;
    private RestorationNetwork? network;
    private RestorationNetwork? bareNetwork;
    private Adam? adam;
    private PairedBatch[] batches = [];

    /// <summary>Network to train.</summary>
    [ParamsSource(nameof(Networks))]
    public string Network { get; set; } = "";

    public static IEnumerable<string> Networks => BenchmarkSettings.Quick ? ["dncnn-17-gray"] : ["dncnn-17-color", "edsr-baseline-x2"];

    [GlobalSetup]
    public void Setup()
    {
        network = ModelZoo.Create(Network);
        bareNetwork = ModelZoo.Create(Network);
        options =
            new RestorationTrainingOptions
            {
                Steps = BenchmarkSettings.Quick ? 2 : 40,
                BatchSize = 4,
                PatchSize = BenchmarkSettings.Quick ? 16 : 48,
            };
        images = new ImageList(Enumerable.Range(1, 8).Select(i => SyntheticImage.DeadLeaves(256, 192, seed: i)), "synthetic images");
        loss = new L2Loss();
        var pairs = new ImagePairs(images, Degradation(), network.Scale, network.Channels);
        batches = [.. Enumerable.Range(0, options.Steps).Select(i => pairs.Patches(options.BatchSize, options.PatchSize, new Random(i)))];
        adam = optim.Adam(bareNetwork.parameters(), options.LearningRate, options.Beta1, options.Beta2);
        bareNetwork.train();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        adam!.Dispose();
        foreach (IDisposable one in new IDisposable[] { network!, bareNetwork!, loss! }.Concat(batches))
        {
            one.Dispose();
        }
    }

    [Benchmark(Baseline = true)]
    public void BareLoop()
    {
        foreach (PairedBatch batch in batches)
        {
            using var scope = NewDisposeScope();
            adam!.zero_grad();
            loss!.call(bareNetwork!.call(batch.Degraded), batch.Reference).backward();
            adam.step();
        }
    }

    [Benchmark]
    public void Mdf() => new RestorationTrainer(options).Train(
        new RestorationTrainingInput { Network = network!, Loss = loss!, Images = images!, Degradation = Degradation() });

    private Degradation Degradation() => network!.Scale == 1 ? new JpegCompression(Quality) : new BicubicDownsampling(network.Scale);
}

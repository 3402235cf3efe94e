using BenchmarkDotNet.Attributes;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Models.Adversarial;
using Mdf.Training.Discriminators;
using static TorchSharp.torch;

namespace Mdf.Benchmarks;

/// <summary>Measures an iteration of discriminator training on the CPU: ours against a transcription of SinGAN's loop.</summary>
public class DiscriminatorTraining
{
    private SinGanIteration? published;
    private ScaleTraining? ours;
    private ScaleTraining? oursInBFloat16;

    /// <summary>Longer side of the photograph, which is 3:2.</summary>
    [ParamsSource(nameof(Sides))]
    public int Side { get; set; }

    /// <summary>Scale among the photograph's eight: the last with 32 channels, the first and the last with 64.</summary>
    [ParamsSource(nameof(Scales))]
    public int Scale { get; set; }

    public static IEnumerable<int> Sides => BenchmarkSettings.Quick ? [104] : BenchmarkSettings.Sides;

    public static IEnumerable<int> Scales => BenchmarkSettings.Quick ? [0] : BenchmarkSettings.Scales;

    [GlobalSetup]
    public void Setup()
    {
        var options = new DiscriminatorTrainingOptions();
        (int Height, int Width)[] sizes = PyramidSizes.Of(((2 * Side) + 2) / 3, Side, options);
        int[] widths = [.. Enumerable.Range(0, Scale + 1).Select(options.WidthOf)];
        published = new SinGanIteration(sizes[..(Scale + 1)], widths);
        Tensor image = SyntheticImage.DeadLeaves(sizes[Scale].Width, sizes[Scale].Height, seed: 1);
        ours = Ours(options);
        oursInBFloat16 = Ours(options with { Precision = TrainingPrecision.BFloat16 });

        ScaleTraining Ours(DiscriminatorTrainingOptions settings)
        {
            var inputs = new ScaleInputs([image.clone()], [[image.clone()]], new GaussianNoise(25), settings);
            return new ScaleTraining(settings, Scale, inputs, new MdfGenerator(widths[^1]), new MdfDiscriminator(widths[^1]));
        }
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        published!.Dispose();
        ours!.Dispose();
        oursInBFloat16!.Dispose();
    }

    [Benchmark(Baseline = true)]
    public void SinGan() => published!.Run();

    [Benchmark]
    public void Mdf() => ours!.Iterate();

    [Benchmark]
    public void MdfBFloat16() => oursInBFloat16!.Iterate();
}

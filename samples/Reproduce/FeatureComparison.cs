using System.Diagnostics;
using System.Globalization;
using System.IO.Hashing;
using Mdf.Degradations;
using Mdf.Losses;
using Mdf.Metrics;
using Mdf.Models.Adversarial;
using Mdf.Models.Restoration;
using static TorchSharp.torch;

namespace Reproduce;

/// <summary>What training the discriminators is worth: the same small network, start and batches, with different losses.</summary>
internal static class FeatureComparison
{
    private const int Patch = 48;
    private const int Batch = 8;
    private const double LearningRate = 1e-3;

    /// <summary>Trains a network with each loss and prints what it makes of the test images.</summary>
    public static int Run(FeatureSettings settings, IReadOnlyList<Tensor> trainingImages, IReadOnlyList<Tensor> testImages, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var degradation = new JpegCompression(settings.Quality);
        (Tensor Degraded, Tensor Reference)[] training = [.. trainingImages.Select(i => (degradation.Apply(i, new Random(0)), i))];
        (Tensor Degraded, Tensor Reference)[] test = [.. testImages.Select(i => (degradation.Apply(i, new Random(0)), i))];
        Console.WriteLine($"JPEG quality {settings.Quality}; DnCNN of {Options.Layers} layers of {Options.Width} channels; {settings.Steps} steps of {Batch} crops of {Patch} x {Patch}; {training.Length} training and {test.Length} test images; seed {settings.Seed}");
        Console.WriteLine();
        Console.WriteLine("| Loss | PSNR (dB) | SSIM | PSNR gained on the L2 network | Time |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        (double[] Psnr, double[] Ssim) compressed = Measure(test, x => x);
        Row("none: the compressed image", compressed, null, null);

        double[] baseline = [];
        string data = $"training on {training.Length} images {Checksum(training)}, testing on {test.Length} images {Checksum(test)}";
        foreach ((string name, string weights, Func<nn.Module<Tensor, Tensor, Tensor>> create) in Losses(settings.Weights))
        {
            // What was run before with the same settings, data and weights stands.
            string description = $"{name} {weights}; quality {settings.Quality}; {settings.Steps} steps of {Batch} x {Patch} at {LearningRate}; {data}; seed {settings.Seed}; {Options}";
            RunRecord run = RunRecord.Find(settings.Output, description) ?? Run(description, create);
            Row(name, (run.Psnr, run.Ssim), baseline.Length == 0 ? null : [.. run.Psnr.Zip(baseline, (one, other) => one - other)], run.Time);
            baseline = baseline.Length == 0 ? run.Psnr : baseline;
        }

        return 0;

        RunRecord Run(string description, Func<nn.Module<Tensor, Tensor, Tensor>> create)
        {
            var watch = Stopwatch.StartNew();
            using nn.Module<Tensor, Tensor, Tensor> loss = create();
            using DnCnn network = Train(settings, loss, training, cancellation);
            TimeSpan time = watch.Elapsed;
            (double[] psnr, double[] ssim) = Measure(test, network.call);
            var run = new RunRecord(description, psnr, ssim, time);
            run.Save(settings.Output);
            return run;
        }
    }

    private static DnCnnOptions Options { get; } = new() { Layers = 8, Width = 32 };

    // L2 first: others are compared with it.
    private static IEnumerable<(string Name, string Weights, Func<nn.Module<Tensor, Tensor, Tensor>> Create)> Losses(IReadOnlyList<string> weights)
    {
        yield return ("L2", "", () => nn.MSELoss());
        yield return ("MDF, untrained discriminators", "", () =>
        {
            using var untrained = DiscriminatorPyramid.CreateUntrained(seed: 1);
            return new MdfLoss(untrained);
        }
        );
        foreach (string file in weights)
        {
            yield return ($"MDF, {Path.GetFileName(file)}", File.Exists(file) ? $"{Crc32.HashToUInt32(File.ReadAllBytes(file)):x8}" : $"packaged {typeof(MdfLoss).Assembly.GetName().Version}", () => new MdfLoss(file));
        }
    }

    private static string Checksum((Tensor Degraded, Tensor Reference)[] images)
    {
        var sum = new Crc32();
        foreach ((_, Tensor reference) in images)
        {
            sum.Append(reference.contiguous().bytes);
        }

        return $"{sum.GetCurrentHashAsUInt32():x8}";
    }

    private static DnCnn Train(FeatureSettings settings, nn.Module<Tensor, Tensor, Tensor> loss, (Tensor Degraded, Tensor Reference)[] images, CancellationToken cancellation)
    {
        var network = new DnCnn(Options, settings.Seed);
        using var adam = optim.Adam(network.parameters(), LearningRate);
        var random = new Random(settings.Seed);
        network.train();
        for (int step = 0; step < settings.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            (Tensor Degraded, Tensor Reference)[] crops = [.. Enumerable.Range(0, Batch).Select(_ => Crop(images[random.Next(images.Length)], random))];
            Tensor degraded = cat([.. crops.Select(c => c.Degraded)], 0), reference = cat([.. crops.Select(c => c.Reference)], 0);
            adam.zero_grad();
            loss.call(network.call(degraded), reference).backward();
            adam.step();
        }

        network.eval();
        return network;
    }

    private static (Tensor Degraded, Tensor Reference) Crop((Tensor Degraded, Tensor Reference) pair, Random random)
    {
        long y = random.NextInt64(pair.Reference.shape[2] - Patch + 1), x = random.NextInt64(pair.Reference.shape[3] - Patch + 1);
        Tensor Cut(Tensor image) => image.narrow(2, y, Patch).narrow(3, x, Patch);
        return (Cut(pair.Degraded), Cut(pair.Reference));
    }

    private static (double[] Psnr, double[] Ssim) Measure((Tensor Degraded, Tensor Reference)[] images, Func<Tensor, Tensor> restore)
    {
        using var noGradient = no_grad();
        var psnr = new List<double>();
        var ssim = new List<double>();
        foreach ((Tensor degraded, Tensor reference) in images)
        {
            using var scope = NewDisposeScope();
            Tensor restored = restore(degraded).clamp(0, 1);
            psnr.Add(Psnr.Measure(restored, reference).to(ScalarType.Float64).item<double>());
            ssim.Add(StructuralSimilarity.Measure(restored, reference).to(ScalarType.Float64).item<double>());
        }

        return ([.. psnr], [.. ssim]);
    }

    private static void Row(string name, (double[] Psnr, double[] Ssim) images, double[]? gain, TimeSpan? time) => Console.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"| {name} | {Text(images.Psnr, 2)} | {Text(images.Ssim, 4)} | {(gain is null ? "" : Text(gain, 3))} | {(time is null ? "" : $"{time.Value.TotalSeconds:f0} s")} |"));

    private static string Text(double[] values, int digits)
    {
        (double low, double high) = BootstrapInterval.OfMean(values);
        return string.Join(" ", values.Average().ToString($"f{digits}", CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"[{low.ToString($"f{digits}", CultureInfo.InvariantCulture)}, {high.ToString($"f{digits}", CultureInfo.InvariantCulture)}]"));
    }
}

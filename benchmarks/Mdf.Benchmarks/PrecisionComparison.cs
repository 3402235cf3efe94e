using Mdf.Imaging;
using Mdf.Losses;
using Mdf.Metrics;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Benchmarks;

/// <summary>
/// Whether training with the loss in bfloat16 ends where training in full precision ends: a small residual denoiser in the manner of
/// DnCNN (7 layers of 32 channels; Gaussian noise of 25/255) on synthetic images, the same start and the same batches for both, over
/// several seeds, whose spread says what a difference is worth.
/// </summary>
internal static class PrecisionComparison
{
    public const string Command = "precision";

    private const int Patch = 48, Batch = 8, Layers = 7, Width = 32, TrainingImages = 8, TestImages = 8;
    private const double Noise = 25 / 255.0, LearningRate = 1e-3;

    /// <summary>Trains with each seed and precision and prints the PSNR on held-out images.</summary>
    public static void Run(string weights, int steps, int seeds)
    {
        Console.WriteLine($"{"seed",4} {"noisy",8} {"full",8} {"bfloat16",8} {"difference",10}");
        var differences = new List<double>();
        var full = new List<double>();
        for (int seed = 1; seed <= seeds; seed++)
        {
            double[] psnr = [.. Enum.GetValues<MdfPrecision>().Select(p => Train(weights, p, steps, seed))];
            full.Add(psnr[0]);
            differences.Add(psnr[1] - psnr[0]);
            Console.WriteLine($"{seed,4} {NoisyPsnr(seed),8:f3} {psnr[0],8:f3} {psnr[1],8:f3} {differences[^1],10:f3}");
        }

        Console.WriteLine(
            $"Mean difference {differences.Average():f3} dB; standard deviation of it {Deviation(differences):f3} dB, "
            + $"of full precision over seeds {Deviation(full):f3} dB.");
    }

    private static double Train(string weights, MdfPrecision precision, int steps, int seed)
    {
        using var scope = NewDisposeScope();
        manual_seed(seed);
        using var generator = new Generator((ulong)seed, CPU);
        var random = new Random(seed);
        using Sequential network = Denoiser();
        using var loss = new MdfLoss(weights, new MdfLossOptions { Precision = precision });
        using var adam = optim.Adam(network.parameters(), LearningRate);
        Tensor[] images = [.. Enumerable.Range(0, TrainingImages).Select(i => SyntheticImage.DeadLeaves(256, 256, i))];
        network.train();
        for (int step = 0; step < steps; step++)
        {
            using var ofStep = NewDisposeScope();
            Tensor clean = cat([.. Enumerable.Range(0, Batch).Select(_ => Crop(images[random.Next(images.Length)], random))], 0);
            Tensor noisy = clean + (randn(clean.shape, generator: generator) * Noise);
            adam.zero_grad();
            loss.call(noisy - network.call(noisy), clean).backward();
            adam.step();
        }

        network.eval();
        return TestPsnr(seed, noisy => noisy - network.call(noisy));
    }

    private static Sequential Denoiser()
    {
        var layers = new List<Module<Tensor, Tensor>> { Conv2d(3, Width, 3, padding: 1), ReLU() };
        for (int i = 0; i < Layers - 2; i++)
        {
            layers.AddRange([Conv2d(Width, Width, 3, padding: 1, bias: false), BatchNorm2d(Width), ReLU()]);
        }

        layers.Add(Conv2d(Width, 3, 3, padding: 1));
        return Sequential(layers);
    }

    private static Tensor Crop(Tensor image, Random random) =>
        image.narrow(2, random.Next((int)image.shape[2] - Patch), Patch).narrow(3, random.Next((int)image.shape[3] - Patch), Patch);

    private static double NoisyPsnr(int seed) => TestPsnr(seed, noisy => noisy);

    private static double TestPsnr(int seed, Func<Tensor, Tensor> restore)
    {
        using var noGradient = no_grad();
        using var generator = new Generator((ulong)(1000 + seed), CPU);
        double sum = 0;
        for (int i = 0; i < TestImages; i++)
        {
            using var scope = NewDisposeScope();
            Tensor clean = SyntheticImage.DeadLeaves(192, 192, 1000 + i);
            Tensor restored = restore(clean + (randn(clean.shape, generator: generator) * Noise)).clamp(0, 1);
            sum += Psnr.Measure(restored, clean).item<double>();
        }

        return sum / TestImages;
    }

    private static double Deviation(List<double> values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1));
    }
}

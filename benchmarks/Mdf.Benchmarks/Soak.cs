using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Mdf.Data;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Losses;
using Mdf.Models.Restoration;
using Mdf.Training.Discriminators;
using Mdf.Training.Restoration;
using TorchSharp;
using static TorchSharp.torch;
using L1Loss = Mdf.Losses.L1Loss;

namespace Mdf.Benchmarks;

/// <summary>
/// Trains small networks again and again, each stopped and resumed, while another thread collects garbage. Memory, threads and open files
/// must stay as they are, no training may leave tensors behind, and each kind of training must end with the same weights every time.
/// </summary>
/// <remarks>
/// TorchSharp's count of live tensors rises with every parameter that is made, because the tensor a parameter takes its data from is never
/// counted out. That is subtracted: computed for restoration networks, as the first training of its kind left it where discriminators are
/// made.
/// </remarks>
internal static class Soak
{
    public const string Command = "soak";

    private const int Steps = 200;
    private const int Kinds = 6;
    private const int WithDiscriminators = 3;

    private static readonly RestorationTrainingOptions Base = new()
    {
        Steps = Steps,
        BatchSize = 2,
        PatchSize = 24,
        LearningRate = 1e-3,
        ValidationInterval = 100,
        SaveInterval = 50,
        LogInterval = 20,
    };

    /// <summary>Trains for some minutes and prints a line for each tenth of the time.</summary>
    /// <returns>Number of trainings that ended otherwise than the first of their kind.</returns>
    public static int Run(double minutes)
    {
        using var stop = new CancellationTokenSource();
        var collecting = new Thread(() => Collect(stop.Token)) { IsBackground = true };
        collecting.Start();
        string folder = Directory.CreateTempSubdirectory("mdf-soak").FullName;
        try
        {
            WriteImages(Path.Combine(folder, "images"));
            return Run(folder, TimeSpan.FromMinutes(minutes));
        }
        finally
        {
            stop.Cancel();
            collecting.Join();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int Run(string folder, TimeSpan duration)
    {
        const int Lines = 10;
        var clock = Stopwatch.StartNew();
        var first = new Dictionary<int, string>();
        int differing = 0, round = 0, printed = 0;
        long steps = 0, left = 0;
        var leftByFirst = new Dictionary<int, long>();
        Console.WriteLine(
            $"{"minutes",8} {"trainings",10} {"steps",10} {"differing",10} {"resident MiB",13} {"managed MiB",12} {"tensors left",13} "
            + $"{"threads",8} {"open files",11}");
        for (; clock.Elapsed < duration; round++)
        {
            int kind = round % Kinds;
            bool isAdversarial = kind == Kinds - 1;
            string output = Path.Combine(folder, "run");
            long before = Settled(), made = 0;
            string result = isAdversarial ? Discriminators(output) : Restoration(kind, output, folder, round, out made);
            long added = Settled() - before;
            if (isAdversarial || kind == WithDiscriminators)
            {
                leftByFirst.TryAdd(kind, added);
                made = leftByFirst[kind];
            }

            left += added - made;
            steps += isAdversarial ? 0 : Steps;
            differing += first.TryAdd(kind, result) || first[kind] == result ? 0 : 1;
            Directory.Delete(output, recursive: true);
            if (clock.Elapsed * Lines >= duration * (printed + 1) || round == 2 * Kinds)
            {
                printed += round == 2 * Kinds ? 0 : 1;
                using var process = Process.GetCurrentProcess();
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{clock.Elapsed.TotalMinutes,8:f1} {round + 1,10} {steps,10} {differing,10} {PeakMemory.Resident() / 1048576.0,13:f1} "
                    + $"{GC.GetTotalMemory(false) / 1048576.0,12:f1} {left,13} {process.Threads.Count,8} {Endurance.OpenFiles(),11}"));
            }
        }

        return differing;
    }

    private static string Restoration(int kind, string output, string folder, int round, out long parametersMade)
    {
        using var scope = NewDisposeScope();
        RestorationOptions architecture = kind == 1
            ? new EdsrOptions { Scale = 2, Blocks = 2, Width = 16 }
            : new DnCnnOptions { Layers = 4, Width = 16, Normalization = kind != 2, Biases = kind == 2 };
        Degradation degradation = kind switch
        {
            1 => new BicubicDownsampling(2),
            2 => new JpegCompression(10, 40),
            _ => new GaussianNoise(5, 50),
        };
        using Loss<Tensor, Tensor, Tensor> loss = kind switch
        {
            WithDiscriminators => new L2Loss().Plus(0.1, new MdfLoss("denoise.ckpt")),
            4 => new SsimLoss(),
            _ => new L1Loss(),
        };
        RestorationTrainingOptions options = Base with
        {
            EmaDecay = kind is 0 or 1 ? 0.99 : null,
            BatchParts = kind == 2 ? 2 : 1,
            GradientClipNorm = kind == 1 ? 1 : null,
            PrefetchDepth = kind == 4 ? 2 : 0,
        };

        // Stopped at another step each time, and resumed by a network that knows nothing.
        int stoppedAt = 1 + (round * 37 % (Steps - 1));
        parametersMade = loss.parameters().Count();
        for (int part = 0; part < 2; part++)
        {
            using var stop = new CancellationTokenSource();
            using RestorationNetwork network = architecture.Create(seed: 1 + (part * 7));
            var input = new RestorationTrainingInput
            {
                Network = network,
                Loss = loss,
                Images = new ImageFolder(Path.Combine(folder, "images")),
                Degradation = degradation,
                Validation = new ImageFolder(Path.Combine(folder, "images")),
                OutputFolder = output,
            };
            parametersMade += network.parameters().Count();
            new RestorationTrainer(options).Train(input, part == 0 ? new StopAt(stoppedAt, stop) : null, stop.Token);
        }

        using RestorationNetwork trained = ModelZoo.Load(Path.Combine(output, "last.ckpt"));
        parametersMade += trained.parameters().Count();
        return Hash(trained.state_dict().Values);
    }

    private static string Discriminators(string output)
    {
        using var scope = NewDisposeScope();
        Directory.CreateDirectory(output);
        var options = new DiscriminatorTrainingOptions { ScaleCount = 2, MaximumSide = 32, Iterations = 3 };
        using DiscriminatorTrainingResult result = new DiscriminatorTrainer(options).Train(
            [new SeedImage("leaves", SyntheticImage.DeadLeaves(32, 28, seed: 3))],
            new TrainingDistortion("denoise", new GaussianNoise(25)),
            Path.Combine(output, "state"));
        return Hash(result.Discriminators!.Scales.SelectMany(d => d.state_dict().Values));
    }

    private static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }

    private static string Hash(IEnumerable<Tensor> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Tensor values in tensors)
        {
            hash.AppendData(values.detach().cpu().contiguous().bytes);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static void WriteImages(string folder)
    {
        Directory.CreateDirectory(folder);
        for (int i = 0; i < 6; i++)
        {
            using Tensor image = SyntheticImage.DeadLeaves(64 + (8 * i), 56, seed: i);
            ImageFile.Write(Path.Combine(folder, $"{i}.png"), image);
        }
    }

    private static void Collect(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
            Thread.Sleep(1);
        }
    }

    private sealed class StopAt(int step, CancellationTokenSource stop) : IProgress<RestorationTrainingProgress>
    {
        public void Report(RestorationTrainingProgress value)
        {
            if (value.Step == step)
            {
                stop.Cancel();
            }
        }
    }
}

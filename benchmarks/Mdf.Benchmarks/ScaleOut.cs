using System.Diagnostics;
using System.Globalization;
using Mdf.Data;
using Mdf.Degradations;
using Mdf.Distributed;
using Mdf.Imaging;
using Mdf.Losses;
using Mdf.Models.Restoration;
using Mdf.Training;
using Mdf.Training.Restoration;

namespace Mdf.Benchmarks;

/// <summary>
/// Measures what a second process is worth on one machine: two processes of one thread against one process of two threads, with equal
/// batches, in turns; and the exchange of gradients alone.
/// </summary>
internal static class ScaleOut
{
    public const string Command = "scale-out";
    public const string RankCommand = "scale-out-rank";

    private const string Exchange = "exchange";
    private const int Warmups = 5;
    private const int Steps = 25;
    private const int BatchSize = 16;

    private static readonly string[] Networks = ["dncnn-17-color", "edsr-baseline-x2"];
    private static readonly string[] Launchers = ["mpirun.openmpi", "mpirun.mpich"];
    private static readonly int[] Megabytes = [2, 6, 172];

    /// <summary>Runs all and prints medians with the least and the largest value.</summary>
    /// <param name="rounds">Number of runs of each.</param>
    public static void Run(int rounds)
    {
        foreach (string network in Networks)
        {
            var one = new List<double>();
            var two = Launchers.ToDictionary(l => l, _ => new List<double>());
            for (int i = 0; i < rounds; i++)
            {
                one.Add(Number(Start(Environment.ProcessPath!, [], threads: 2, network)[0]));
                foreach (string launcher in Launchers)
                {
                    two[launcher].Add(Number(Start(launcher, ["-np", "2"], threads: 1, network)[0]));
                }
            }

            Print($"{network}, 1 process x 2 threads", one, "images/s");
            foreach (string launcher in Launchers)
            {
                Print($"{network}, 2 processes x 1 thread, {launcher}", two[launcher], "images/s");
                Console.WriteLine(FormattableString.Invariant($"  ratio of the medians: {Median(two[launcher]) / Median(one):f2}"));
            }
        }

        foreach (string launcher in Launchers)
        {
            Array.ForEach(Start(launcher, ["-np", "2"], threads: 1, Exchange), Console.WriteLine);
        }
    }

    /// <summary>Measures in one process, which a launcher started or <see cref="Run"/> alone.</summary>
    /// <param name="task">Name of a network, or the exchange alone.</param>
    public static void RunRank(string task)
    {
        bool isLaunched = Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_SIZE") is not null
            || Environment.GetEnvironmentVariable("PMI_SIZE") is not null;
        using IProcessGroup group = isLaunched ? ProcessGroup.Mpi() : ProcessGroup.Single;
        if (task == Exchange)
        {
            MeasureExchange(group);
        }
        else
        {
            MeasureTraining(task, group);
        }
    }

    private static void MeasureTraining(string name, IProcessGroup group)
    {
        using RestorationNetwork network = ModelZoo.Create(name);
        using var loss = new L2Loss();
        var watch = new Stopwatch();
        var trainer = new RestorationTrainer(new RestorationTrainingOptions
        {
            Steps = Warmups + Steps,
            BatchSize = BatchSize,
            PatchSize = 48,
            LogInterval = 1000,
        });
        trainer.Train(
            new RestorationTrainingInput
            {
                Network = network,
                Loss = loss,
                Images = new ImageList(
                    Enumerable.Range(1, 8).Select(i => SyntheticImage.DeadLeaves(256, 192, seed: i)), "synthetic images"),
                Degradation = network.Scale == 1 ? new JpegCompression(10) : new BicubicDownsampling(network.Scale),
                Group = group,
            },
            new Stages(step =>
            {
                if (step == Warmups)
                {
                    watch.Start();
                }
                else if (step == Warmups + Steps)
                {
                    watch.Stop();
                }
            }));
        if (group.Rank == 0)
        {
            Console.WriteLine((Steps * BatchSize / watch.Elapsed.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void MeasureExchange(IProcessGroup group)
    {
        foreach (int megabytes in Megabytes)
        {
            float[] values = new float[megabytes * 1_000_000 / sizeof(float)];
            var times = new List<double>();
            for (int i = 0; i < 3 + 15; i++)
            {
                group.Barrier();
                var watch = Stopwatch.StartNew();
                group.Average(values);
                if (i >= 3)
                {
                    times.Add(watch.Elapsed.TotalMilliseconds);
                }
            }

            if (group.Rank == 0)
            {
                string launcher = Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_SIZE") is null ? Launchers[1] : Launchers[0];
                Print($"mean of {megabytes} MB over {group.Size} processes, {launcher}", times, "ms");
            }
        }
    }

    private static string[] Start(string program, string[] options, int threads, string task)
    {
        string self = Environment.ProcessPath!;
        string[] own = program == self ? [] : [self];
        string[] assembly = Path.GetFileNameWithoutExtension(self) == "dotnet" ? [typeof(ScaleOut).Assembly.Location] : [];
        var start = new ProcessStartInfo(program, [.. options, .. own, .. assembly, RankCommand, task])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        start.Environment["OMPI_ALLOW_RUN_AS_ROOT"] = start.Environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
        start.Environment["TERM"] = "dumb";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {output}");
    }

    private static void Print(string name, List<double> values, string unit) => Console.WriteLine(FormattableString.Invariant(
        $"{name}: {Median(values):g4} {unit} ({values.Min():g4} to {values.Max():g4}, {values.Count} runs)"));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private sealed class Stages(Action<int> done) : IProgress<RestorationTrainingProgress>
    {
        public void Report(RestorationTrainingProgress value) => done(value.Step);
    }
}

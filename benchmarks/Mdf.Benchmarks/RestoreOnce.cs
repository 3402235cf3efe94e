using System.Diagnostics;
using System.Globalization;

namespace Mdf.Benchmarks;

/// <summary>Restores images that take too long for BenchmarkDotNet, one engine after the other in each round.</summary>
internal static class RestoreOnce
{
    public const string Command = "restore";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private static readonly Dictionary<string, Action<Restore>> Engines = new()
    {
        ["convolutions"] = r => r.Convolutions(),
        ["onnx"] = r => r.OnnxRuntime(),
        ["libtorch"] = r => r.Libtorch(),
    };

    /// <summary>
    /// Prints each engine's median, least and most seconds; the first of several rounds does not count. With one engine and one round it
    /// prints the memory too: the rise of the peak of resident memory.
    /// </summary>
    public static void Run(string network, string image, int threads, int rounds, string engines)
    {
        var restore = new Restore { Network = network, Image = image, Threads = threads };
        restore.SetUp();
        long before = PeakMemory.Resident();
        string[] names = engines == "all" ? [.. Engines.Keys] : [engines];
        var times = names.ToDictionary(name => name, _ => new List<double>());
        for (int round = rounds > 1 ? -1 : 0; round < rounds; round++)
        {
            foreach (string name in names)
            {
                // The threads of the engine before still spin for a while.
                Thread.Sleep(Pause);
                long start = Stopwatch.GetTimestamp();
                Engines[name](restore);
                if (round >= 0)
                {
                    times[name].Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
                }
            }
        }

        foreach ((string name, List<double> all) in times)
        {
            all.Sort();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{network} {image} {threads} {name}: {all[all.Count / 2]:0.000} s ({all[0]:0.000} to {all[^1]:0.000})"));
        }

        if (rounds == 1 && names.Length == 1)
        {
            using var process = Process.GetCurrentProcess();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(process.PeakWorkingSet64 - before) / 1048576.0:0} MiB"));
        }

        restore.CleanUp();
    }
}

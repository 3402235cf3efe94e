using System.Globalization;
using static TorchSharp.torch;

namespace Mdf.Benchmarks;

/// <summary>Measures memory over many steps of the loss.</summary>
internal static class Endurance
{
    public const string Command = "endurance";

    private const int Lines = 10;

    /// <summary>Runs the steps and prints resident memory, live tensors and open files ten times.</summary>
    /// <param name="size">Size of the images.</param>
    /// <param name="steps">Number of steps.</param>
    /// <param name="collects">Whether another thread collects garbage all the time.</param>
    public static void Run(Size size, int steps, bool collects)
    {
        using var stop = new CancellationTokenSource();
        Task collecting = collects ? Task.Run(() => Collect(stop.Token)) : Task.CompletedTask;
        using var step = new Step(Variant.Fused, size, CPU);
        Console.WriteLine($"{"steps",8} {"resident MiB",14} {"live tensors",14} {"open files",12}");
        for (int done = 1; done <= steps; done++)
        {
            step.Run();
            if (done * Lines / steps > (done - 1) * Lines / steps)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{done,8} {PeakMemory.Resident() / 1048576.0,14:f1} {Tensor.TotalCount,14} {OpenFiles(),12}"));
            }
        }

        stop.Cancel();
        collecting.Wait();
    }

    private static void Collect(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            GC.Collect();
            Thread.Sleep(1);
        }
    }

    internal static int OpenFiles() => OperatingSystem.IsLinux() ? Directory.GetFileSystemEntries("/proc/self/fd").Length : 0;
}

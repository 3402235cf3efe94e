using System.Globalization;
using static TorchSharp.torch;

namespace Mdf.Benchmarks;

/// <summary>Measures memory over many steps of the loss.</summary>
internal static class Endurance
{
    public const string Command = "endurance";

    private const int Lines = 10;

    /// <summary>Runs the steps and prints resident memory and live tensors ten times.</summary>
    public static void Run(Size size, int steps)
    {
        using var step = new Step(Variant.Fused, size, CPU);
        Console.WriteLine($"{"steps",8} {"resident MiB",14} {"live tensors",14}");
        for (int done = 1; done <= steps; done++)
        {
            step.Run();
            if (done * Lines / steps > (done - 1) * Lines / steps)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture, $"{done,8} {PeakMemory.Resident() / 1048576.0,14:f1} {Tensor.TotalCount,14}"));
            }
        }
    }
}

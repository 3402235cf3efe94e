using System.Diagnostics;
using System.Globalization;
using static TorchSharp.torch;

namespace Mdf.Benchmarks;

/// <summary>The peak of resident memory, native memory included, that a step takes on top of its inputs and weights: in a process of its own.</summary>
internal static class PeakMemory
{
    public const string Command = "peak";

    /// <summary>Runs in the child: a small step warms up, then the peak grows by what the step takes.</summary>
    public static void Measure(Variant variant, Size size, Device device)
    {
        using (var small = new Step(variant == Variant.ConvolutionsOnly ? Variant.Fused : variant, new Size(1, 32, 32), device))
        {
            small.Run();
        }

        using var step = new Step(variant, size, device);
        long before = Resident();
        step.Run();
        step.Run();
        Console.WriteLine((Process.GetCurrentProcess().PeakWorkingSet64 - before).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Starts the child and reads its answer, in MiB.</summary>
    public static double OfChild(Variant variant, Size size, string device)
    {
        // Under "dotnet Mdf.Benchmarks.dll" the process is the host, which needs the assembly first.
        string process = Environment.ProcessPath!;
        string[] assembly = Path.GetFileNameWithoutExtension(process) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        var start = new ProcessStartInfo(process, [.. assembly, Command, variant.ToString(), size.ToString(), device, .. BenchmarkSettings.HasGlibcDefaults ? [BenchmarkSettings.GlibcDefaults] : Array.Empty<string>()]) { RedirectStandardOutput = true };
        using Process child = Process.Start(start)!;
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return long.TryParse(output, CultureInfo.InvariantCulture, out long bytes) ? bytes / 1048576.0 : double.NaN;
    }

    /// <summary>The resident memory of this process, in bytes.</summary>
    public static long Resident()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}

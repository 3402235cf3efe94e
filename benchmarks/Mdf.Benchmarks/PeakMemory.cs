using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Benchmarks;

/// <summary>
/// The peak of memory that a step takes on top of its inputs and weights, in a process of its own: resident memory, native memory included,
/// or on a GPU what the process has taken of the card's, which libtorch does not give back.
/// </summary>
internal static class PeakMemory
{
    public const string Command = "peak";

    /// <summary>Runs in the child process: warms up with a small step, then measures by how much a step raises the peak.</summary>
    public static void Measure(Variant variant, Size size, Device device)
    {
        using (var small = new Step(variant == Variant.ConvolutionsOnly ? Variant.Fused : variant, new Size(1, 32, 32), device))
        {
            small.Run();
        }

        using var step = new Step(variant, size, device);
        bool onGpu = device.type == DeviceType.CUDA;
        long before = onGpu ? OnGpu(device) : Resident();
        step.Run();
        step.Run();
        long peak = onGpu ? OnGpu(device) : Process.GetCurrentProcess().PeakWorkingSet64;
        Console.WriteLine((peak - before).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Starts the child process and returns the peak in MiB.</summary>
    public static double OfChild(Variant variant, Size size, string device)
    {
        // Under "dotnet Mdf.Benchmarks.dll" the process is the host, which needs the assembly first.
        string process = Environment.ProcessPath!;
        string[] assembly = Path.GetFileNameWithoutExtension(process) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        string[] settings =
        [
            .. BenchmarkSettings.HasGlibcDefaults ? [BenchmarkSettings.GlibcDefaults] : Array.Empty<string>(),
            .. BenchmarkSettings.TensorFloat32 ? [BenchmarkSettings.TensorFloat32Argument] : Array.Empty<string>(),
            .. BenchmarkSettings.WorkingMemory is { } memory
                ? [BenchmarkSettings.WorkingMemoryArgument, memory.ToString(CultureInfo.InvariantCulture)]
                : Array.Empty<string>(),
        ];
        var start = new ProcessStartInfo(
            process, [.. assembly, Command, variant.ToString(), size.ToString(), device, .. settings])
        { RedirectStandardOutput = true };
        using Process child = Process.Start(start)!;
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return long.TryParse(output, CultureInfo.InvariantCulture, out long bytes) ? bytes / 1048576.0 : double.NaN;
    }

    /// <summary>Returns the resident memory of this process in bytes.</summary>
    public static long Resident()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    // Of all processes; the benchmark should be the only one.
    private static long OnGpu(Device device)
    {
        var start = new ProcessStartInfo(
            "nvidia-smi",
            [
                "--query-gpu=memory.used", "--format=csv,noheader,nounits", $"--id={Math.Max(device.index, 0)}"
            ])
        { RedirectStandardOutput = true };
        using Process child = Process.Start(start)!;
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return long.Parse(output, NumberStyles.Integer | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) << 20;
    }
}

using System.Reflection;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Reproduce.Experiments;

/// <summary>Where and when an experiment ran; not part of its identity.</summary>
public sealed record ExperimentEnvironment
{
    private const string ProcessorFile = "/proc/cpuinfo";
    private const string ProcessorKey = "model name";

    /// <summary>The version of this library, with its commit where the build knew it.</summary>
    public required string Library { get; init; }

    /// <summary>The version of TorchSharp.</summary>
    public required string TorchSharp { get; init; }

    /// <summary>The version of libtorch.</summary>
    public required string LibTorch { get; init; }

    /// <summary>The runtime.</summary>
    public required string Runtime { get; init; }

    /// <summary>The operating system.</summary>
    public required string Platform { get; init; }

    /// <summary>The processor.</summary>
    public required string Processor { get; init; }

    /// <summary>The threads that libtorch used.</summary>
    public required int Threads { get; init; }

    /// <summary>The device that was computed on.</summary>
    public required string Device { get; init; }

    /// <summary>When it was done.</summary>
    public required DateTimeOffset Finished { get; init; }

    /// <summary>How long it took, stops left out.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>What is known here and now.</summary>
    /// <param name="duration">How long the experiment took.</param>
    /// <param name="device">The device that was computed on; null for the CPU.</param>
    /// <returns>The environment.</returns>
    public static ExperimentEnvironment Current(TimeSpan duration, Device? device = null) => new()
    {
        Library = VersionOf(typeof(ExperimentEnvironment).Assembly),
        TorchSharp = VersionOf(typeof(Tensor).Assembly),
        LibTorch = __version__,
        Runtime = RuntimeInformation.FrameworkDescription,
        Platform = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}",
        Processor = ProcessorName(),
        Threads = get_num_threads(),
        Device = (device ?? CPU).ToString(),
        Finished = DateTimeOffset.UtcNow,
        Duration = duration,
    };

    private static string VersionOf(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? assembly.GetName().Version?.ToString() ?? "unknown";

    private static string ProcessorName()
    {
        string? named = File.Exists(ProcessorFile)
            ? File.ReadLines(ProcessorFile).FirstOrDefault(l => l.StartsWith(ProcessorKey, StringComparison.Ordinal))?.Split(':', 2)[^1].Trim()
            : null;
        return $"{named ?? RuntimeInformation.ProcessArchitecture.ToString()}, {Environment.ProcessorCount} logical processors";
    }
}

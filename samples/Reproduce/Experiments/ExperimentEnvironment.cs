using System.Reflection;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Reproduce.Experiments;

/// <summary>
/// The software, hardware and time of an experiment. The environment is recorded with the result but is not part of the experiment's
/// identity.
/// </summary>
public sealed record ExperimentEnvironment
{
    private const string ProcessorFile = "/proc/cpuinfo";
    private const string ProcessorKey = "model name";

    /// <summary>Version of this library, with its commit if the build recorded one.</summary>
    public required string Library { get; init; }

    /// <summary>Version of TorchSharp.</summary>
    public required string TorchSharp { get; init; }

    /// <summary>Version of libtorch.</summary>
    public required string LibTorch { get; init; }

    /// <summary>Name and version of the .NET runtime.</summary>
    public required string Runtime { get; init; }

    /// <summary>Operating system and processor architecture.</summary>
    public required string Platform { get; init; }

    /// <summary>Processor model and number of logical processors.</summary>
    public required string Processor { get; init; }

    /// <summary>Number of libtorch's threads.</summary>
    public required int Threads { get; init; }

    /// <summary>Device of the computation, such as "cpu" or "cuda:0".</summary>
    public required string Device { get; init; }

    /// <summary>Time at which the experiment finished.</summary>
    public required DateTimeOffset Finished { get; init; }

    /// <summary>Duration of the experiment without interruptions.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Describes the current process and machine, with the current time as the finishing time.</summary>
    /// <param name="duration">Duration of the experiment without interruptions.</param>
    /// <param name="device">Device of the computation; null for the CPU.</param>
    /// <returns>The current environment.</returns>
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
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? assembly.GetName().Version?.ToString()
        ?? "unknown";

    private static string ProcessorName()
    {
        string? line = File.Exists(ProcessorFile)
            ? File.ReadLines(ProcessorFile).FirstOrDefault(l => l.StartsWith(ProcessorKey, StringComparison.Ordinal))
            : null;
        string? named = line?.Split(':', 2)[^1].Trim();
        return $"{named ?? RuntimeInformation.ProcessArchitecture.ToString()}, {Environment.ProcessorCount} logical processors";
    }
}

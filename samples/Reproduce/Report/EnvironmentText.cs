using Reproduce.Experiments;


namespace Reproduce.Report;

/// <summary>What experiments and trainings ran on and by, in words; each once.</summary>
internal static class EnvironmentText
{
    public static IEnumerable<string> Of(IEnumerable<ExperimentEnvironment> environments) => environments.OrderBy(e => e.Finished).Select(e =>
        $"Mdf {e.Library}, TorchSharp {e.TorchSharp}, libtorch {e.LibTorch}, {e.Runtime}, {e.Platform}; {e.Processor}, {e.Threads} {(e.Threads == 1 ? "thread" : "threads")}; device {e.Device}").Distinct();
}

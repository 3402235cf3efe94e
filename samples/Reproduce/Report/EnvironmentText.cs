using Reproduce.Experiments;


namespace Reproduce.Report;

/// <summary>Describes the software and hardware of experiments and trainings, each only once.</summary>
internal static class EnvironmentText
{
    public static IEnumerable<string> Of(IEnumerable<ExperimentEnvironment> environments) =>
        environments.OrderBy(e => e.Finished).Select(Text).Distinct();

    private static string Text(ExperimentEnvironment e) =>
        $"Mdf {e.Library}, TorchSharp {e.TorchSharp}, libtorch {e.LibTorch}, {e.Runtime}, {e.Platform}; "
        + $"{e.Processor}, {e.Threads} {(e.Threads == 1 ? "thread" : "threads")}; device {e.Device}";
}

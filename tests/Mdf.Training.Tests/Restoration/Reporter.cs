using Mdf.Training.Restoration;

namespace Mdf.Training.Tests.Restoration;

/// <summary>Calls a function at each report, on the training's thread.</summary>
internal sealed class Reporter(Action<RestorationTrainingProgress> report) : IProgress<RestorationTrainingProgress>
{
    public void Report(RestorationTrainingProgress value) => report(value);
}

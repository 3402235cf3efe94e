using Mdf.Models.Restoration;
using Reproduce.Experiments;

namespace Reproduce.Trainings;

/// <summary>A trained network and facts about its training.</summary>
/// <param name="Network">The network.</param>
/// <param name="Time">Training time without interruptions.</param>
/// <param name="Environment">Environment in which the training ended; null if an old checkpoint lacks this value.</param>
internal sealed record TrainedNetwork(RestorationNetwork Network, TimeSpan Time, ExperimentEnvironment? Environment) : IDisposable
{
    public void Dispose() => Network.Dispose();
}

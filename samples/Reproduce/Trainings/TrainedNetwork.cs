using Mdf.Models.Restoration;
using Reproduce.Experiments;

namespace Reproduce.Trainings;

/// <summary>A network, and what is known of its training.</summary>
/// <param name="Network">The network.</param>
/// <param name="Time">How long it was trained, stops left out.</param>
/// <param name="Environment">Where; null if its file was written before that was kept.</param>
internal sealed record TrainedNetwork(RestorationNetwork Network, TimeSpan Time, ExperimentEnvironment? Environment) : IDisposable
{
    public void Dispose() => Network.Dispose();
}

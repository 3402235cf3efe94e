using Reproduce.Experiments;
using static TorchSharp.torch;

namespace Reproduce.Grids;

/// <summary>The folder that all goes to, and where it is computed.</summary>
internal sealed class Workspace
{
    public Workspace(string folder, Device? device = null)
    {
        Folder = Directory.CreateDirectory(folder).FullName;
        Device = device ?? CPU;
        Runs = new ExperimentStore(PathOf("runs"));
        Directory.CreateDirectory(PathOf("networks"));
    }

    public string Folder { get; }

    public Device Device { get; }

    /// <summary>The results.</summary>
    public ExperimentStore Runs { get; }

    /// <summary>The trained network of an identity.</summary>
    public string NetworkFile(string identity) => PathOf("networks", $"{identity}.ckpt");

    /// <summary>Where the training of a network keeps what it goes on from after a stop.</summary>
    public string TrainingFolder(string identity) => PathOf("trainings", identity);

    /// <summary>Deletes that folder once the network is there: also one that a kill between the two left behind.</summary>
    public void DeleteTraining(string identity)
    {
        if (Directory.Exists(TrainingFolder(identity)))
        {
            Directory.Delete(TrainingFolder(identity), recursive: true);
        }
    }

    /// <summary>A file or folder inside.</summary>
    public string PathOf(params string[] parts) => Path.Combine([Folder, .. parts]);
}

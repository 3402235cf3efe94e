using Reproduce.Experiments;
using static TorchSharp.torch;

namespace Reproduce.Grids;

/// <summary>The output folder of a run and the device that the run computes on.</summary>
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

    /// <summary>Results of the experiments.</summary>
    public ExperimentStore Runs { get; }

    /// <summary>Returns the checkpoint file of a trained network, given the identity of its training.</summary>
    public string NetworkFile(string identity) => PathOf("networks", $"{identity}.ckpt");

    /// <summary>Returns the folder of an unfinished training, which holds the state to resume from.</summary>
    public string TrainingFolder(string identity) => PathOf("trainings", identity);

    /// <summary>
    /// Deletes the folder of a finished training, which also remains if the process was killed between saving the network and deleting.
    /// </summary>
    public void DeleteTraining(string identity)
    {
        if (Directory.Exists(TrainingFolder(identity)))
        {
            Directory.Delete(TrainingFolder(identity), recursive: true);
        }
    }

    /// <summary>Returns the path of a file or folder in the output folder.</summary>
    public string PathOf(params string[] parts) => Path.Combine([Folder, .. parts]);
}

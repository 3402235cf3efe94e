using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>What a training does with a batch.</summary>
internal interface ITrainingStep : IDisposable
{
    /// <summary>The names of the values that <see cref="Run"/> gives, the loss first.</summary>
    IReadOnlyList<string> Terms { get; }

    /// <summary>All weights, buffers and moments, by name.</summary>
    IEnumerable<KeyValuePair<string, Tensor>> Tensors { get; }

    /// <summary>Learns from a batch, on the device of the networks.</summary>
    /// <returns>A value for each term, without graph, still on the device.</returns>
    Tensor Run(Tensor degraded, Tensor reference);

    /// <summary>Sets the learning rate.</summary>
    void SetRate(double rate);

    /// <summary>Writes what else than the network is of use after the training.</summary>
    void SaveOthers(string folder, IReadOnlyDictionary<string, string> metadata);

    /// <summary>Goes on after steps of an earlier run, whose tensors have been put in place.</summary>
    void ContinueAfter(int steps);
}

using static TorchSharp.torch;

namespace Mdf.Training.Restoration;

/// <summary>An optimisation step of a training on one batch, with the optimizers' state.</summary>
internal interface ITrainingStep : IDisposable
{
    /// <summary>Names of the values that <see cref="Run"/> returns; the total loss comes first.</summary>
    IReadOnlyList<string> Terms { get; }

    /// <summary>All weights, buffers and moments, by name.</summary>
    IEnumerable<KeyValuePair<string, Tensor>> Tensors { get; }

    /// <summary>Trains on a batch, which is on the networks' device.</summary>
    /// <returns>One value for each of <see cref="Terms"/>, without a graph and still on the device.</returns>
    Tensor Run(Tensor degraded, Tensor reference);

    /// <summary>Sets the learning rate.</summary>
    void SetRate(double rate);

    /// <summary>Saves networks other than the restoration network, such as a discriminator.</summary>
    void SaveOthers(string folder, IReadOnlyDictionary<string, string> metadata);

    /// <summary>Resumes after steps of an earlier run, whose tensors are already restored.</summary>
    void ContinueAfter(int steps);
}

using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>A reference's features, computed once by <see cref="MdfLoss.Prepare"/> and used in any number of calls of that loss.</summary>
public sealed class MdfPreparedReference : IDisposable
{
    private Tensor[][]? features;

    internal MdfPreparedReference(MdfLoss owner, Tensor reference, Tensor[][] features)
    {
        Owner = owner;
        Form = ImageForm.Of(reference);
        this.features = features;
        foreach (Tensor feature in features.SelectMany(f => f))
        {
            feature.DetachFromDisposeScope();
        }
    }

    internal MdfLoss Owner { get; }

    internal ImageForm Form { get; }

    /// <summary>For each scale, the maps that are compared.</summary>
    internal IReadOnlyList<Tensor[]> Features => features ?? throw new ObjectDisposedException(nameof(MdfPreparedReference));

    /// <summary>Frees the features.</summary>
    public void Dispose()
    {
        foreach (Tensor feature in features?.SelectMany(f => f) ?? [])
        {
            feature.Dispose();
        }

        features = null;
    }
}

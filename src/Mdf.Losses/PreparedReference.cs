using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// A reference's features, computed once by <see cref="FeatureLoss.Prepare"/> and used in any number of calls of the loss that made it.
/// </summary>
public sealed class PreparedReference : IDisposable
{
    private Tensor[][]? features;

    internal PreparedReference(FeatureLoss owner, Tensor reference, Tensor[][] features)
    {
        Owner = owner;
        Form = ImageForm.Of(reference);
        this.features = features;
    }

    internal FeatureLoss Owner { get; }

    internal ImageForm Form { get; }

    /// <summary>For each network, the maps that are compared.</summary>
    internal IReadOnlyList<Tensor[]> Features => features ?? throw new ObjectDisposedException(GetType().Name);

    /// <summary>Frees the features.</summary>
    public void Dispose()
    {
        foreach (Tensor feature in features?.SelectMany(f => f) ?? [])
        {
            feature.Dispose();
        }

        features = null;
        GC.SuppressFinalize(this);
    }
}

using Mdf.Guards;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// The features of reference images, computed once by <see cref="FeatureLoss.Prepare"/> for any number of calls of the loss that made this
/// object.
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

    /// <summary>The compared feature maps, one array for each network.</summary>
    internal IReadOnlyList<Tensor[]> Features => features ?? throw new ObjectDisposedException(GetType().Name);

    /// <summary>Frees the features. The prepared reference cannot be used afterwards.</summary>
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

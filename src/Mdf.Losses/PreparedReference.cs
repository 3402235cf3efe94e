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
        if (CurrentDisposeScope is { } scope)
        {
            Array.ForEach(All, feature => scope.Attach(feature));
        }
    }

    internal FeatureLoss Owner { get; }

    internal ImageForm Form { get; }

    /// <summary>The compared feature maps, one array for each network.</summary>
    /// <exception cref="ObjectDisposedException">The reference was disposed, by the caller or by its dispose scope.</exception>
    internal IReadOnlyList<Tensor[]> Features => features is { } maps && !All.Any(f => f.IsInvalid)
        ? maps
        : throw new ObjectDisposedException(
            GetType().Name, "The prepared reference or the dispose scope it was made in was disposed; expected a reference in use.");

    private Tensor[] All => [.. features?.SelectMany(f => f) ?? []];

    /// <summary>Frees the features. The prepared reference cannot be used afterwards.</summary>
    public void Dispose()
    {
        Array.ForEach(All, feature => feature.Dispose());
        features = null;
        GC.SuppressFinalize(this);
    }

    /// <summary>Moves the features to the dispose scope around their own; without one, the caller must dispose this object.</summary>
    /// <returns>This object.</returns>
    public PreparedReference MoveToOuterDisposeScope()
    {
        Array.ForEach(All, feature => feature.MoveToOuterDisposeScope());
        return this;
    }

    /// <summary>Takes the features out of their dispose scope, so that the caller must dispose this object.</summary>
    /// <returns>This object.</returns>
    public PreparedReference DetachFromDisposeScope()
    {
        Array.ForEach(All, feature => feature.DetachFromDisposeScope());
        return this;
    }
}

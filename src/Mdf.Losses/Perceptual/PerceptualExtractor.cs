using Mdf.Losses.Features;
using Mdf.Models.Perceptual;
using Mdf.Tiling;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Losses.Perceptual;

/// <summary>
/// A frozen classification network in one precision on one device, together with a loss's normalisation and distance of its feature maps.
/// Autograd computes the gradient, for a few images at a time.
/// </summary>
internal abstract class PerceptualExtractor(FeatureNetwork network, IReadOnlyList<string> layers, ScalarType precision, Device device)
    : IFeatureExtractor, IDisposable
{
    private const int ColorChannels = 3;

    private readonly List<Tensor> constants = [];

    /// <inheritdoc/>
    public int Networks => 1;

    /// <inheritdoc/>
    public bool UsesChannelsLast { get; } = TensorLayout.PrefersChannelsLast(device, precision);

    /// <inheritdoc/>
    public Tensor[] Features(Tensor images, bool keepsGraph)
    {
        using var scope = NewDisposeScope();
        // Grey is repeated to RGB.
        Tensor seen = Normalized(images.shape[1] == 1 ? images.expand(-1, ColorChannels, -1, -1) : images);
        Tensor[] maps = [.. network.Features(UsesChannelsLast ? seen.WithChannelsLast() : seen, layers).Select(Compared)];
        scope.MoveToOuter(maps);
        return maps;
    }

    /// <inheritdoc/>
    public Tensor Distances(IReadOnlyList<Tensor> restored, IReadOnlyList<Tensor> reference)
    {
        using var scope = NewDisposeScope();
        return stack(restored.Zip(reference).Select((maps, layer) => Distance(layer, maps.First - maps.Second)), dim: 1)
            .unsqueeze(1)
            .MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor? Compare(Tensor x, Tensor[] references, TileComparison comparison)
    {
        using var scope = NewDisposeScope();
        using var mode = set_grad_enabled(comparison.WantsGradient);
        Tensor images = x.detach().requires_grad_(comparison.WantsGradient);
        Tensor distances = Distances(Features(images, keepsGraph: comparison.WantsGradient), references);
        comparison.Terms.Add(distances.detach());
        return comparison.WantsGradient ? autograd.grad([distances.sum()], [images])[0].MoveToOuterDisposeScope() : null;
    }

    /// <summary>Disposes the constants, but not the network, which belongs to the caller.</summary>
    public void Dispose() => constants.ForEach(c => c.Dispose());

    /// <summary>Normalises images in [0, 1] to the value range of the network's training.</summary>
    protected abstract Tensor Normalized(Tensor images);

    /// <summary>Returns the representation of a feature map that is compared; by default the map itself.</summary>
    protected virtual Tensor Compared(Tensor map) => map;

    /// <summary>Returns each image's distance, (N), from the difference of two feature maps of a layer.</summary>
    protected abstract Tensor Distance(int layer, Tensor difference);

    /// <summary>
    /// Creates a tensor (1, C, 1, 1) that this object owns. The values are float32, as in the published implementations, in any precision.
    /// </summary>
    protected Tensor Constant(params float[] channels)
    {
        using var scope = NewDisposeScope();
        Tensor values = tensor(channels, ScalarType.Float32, CPU).reshape(1, -1, 1, 1);
        Tensor constant = values.to(precision).to(device, copy: true).DetachFromDisposeScope();
        constants.Add(constant);
        return constant;
    }
}

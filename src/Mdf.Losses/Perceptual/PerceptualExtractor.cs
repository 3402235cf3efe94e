using Mdf.Losses.Features;
using Mdf.Models.Perceptual;
using Mdf.Models.Tiling;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Losses.Perceptual;

/// <summary>
/// A frozen network for recognition, in one precision on one device, with what a loss makes of its maps. Its gradient is that of autograd,
/// of a few images at a time.
/// </summary>
internal abstract class PerceptualExtractor(FeatureNetwork network, IReadOnlyList<string> layers, ScalarType precision, Device device)
    : IFeatureExtractor, IDisposable
{
    private readonly List<Tensor> constants = [];

    /// <inheritdoc/>
    public int Networks => 1;

    /// <inheritdoc/>
    public bool UsesChannelsLast { get; } = TensorLayout.PrefersChannelsLast(device, precision);

    /// <inheritdoc/>
    public Tensor[] Features(Tensor images, bool keepsGraph)
    {
        using var scope = NewDisposeScope();
        Tensor seen = Normalized(images);
        Tensor[] maps = [.. network.Features(UsesChannelsLast ? seen.WithChannelsLast() : seen, layers).Select(Compared)];
        scope.MoveToOuter(maps);
        return maps;
    }

    /// <inheritdoc/>
    public Tensor Distances(IReadOnlyList<Tensor> restored, IReadOnlyList<Tensor> reference)
    {
        using var scope = NewDisposeScope();
        return stack(restored.Zip(reference).Select((maps, layer) => Distance(layer, maps.First - maps.Second)), dim: 1).unsqueeze(1).MoveToOuterDisposeScope();
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

    /// <summary>Disposes its constants; the network is not its own.</summary>
    public void Dispose() => constants.ForEach(c => c.Dispose());

    /// <summary>Images in [0, 1] as the network was trained to see them.</summary>
    protected abstract Tensor Normalized(Tensor images);

    /// <summary>What is compared of a map.</summary>
    protected virtual Tensor Compared(Tensor map) => map;

    /// <summary>Each image's share of the loss, (N), of the difference of two maps.</summary>
    protected abstract Tensor Distance(int layer, Tensor difference);

    /// <summary>Keeps a tensor of one value a channel, rounded to float32 as the published implementations have it.</summary>
    protected Tensor Constant(params float[] channels)
    {
        using var scope = NewDisposeScope();
        Tensor constant = tensor(channels).reshape(1, -1, 1, 1).to(precision).to(device, copy: true).DetachFromDisposeScope();
        constants.Add(constant);
        return constant;
    }
}

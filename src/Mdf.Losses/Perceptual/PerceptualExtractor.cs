using Mdf.Losses.Features;
using Mdf.Models.Layered;
using Mdf.Models.Perceptual;
using Mdf.Models.Simd;
using Mdf.Tiling;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Losses.Perceptual;

/// <summary>
/// A frozen classification network in one precision on one device, together with a loss's normalisation and distance of its feature maps.
/// Autograd computes the gradient, for a few images at a time.
/// </summary>
internal abstract class PerceptualExtractor : IFeatureExtractor, IDisposable
{
    private const string Switch = "Mdf.CompareByLibtorch";

    private const int ColorChannels = 3;

    // For fewer pixels, reading Winograd's weights, four times as many as the network's, takes longer than the convolutions.
    private const long LeastPixels = 48 * 48;

    private readonly FeatureNetwork network;
    private readonly IReadOnlyList<string> layers;
    private readonly ScalarType precision;
    private readonly Device device;
    private readonly List<Tensor> constants = [];
    private readonly Lazy<VectorFeatures?> vectors;

    protected PerceptualExtractor(FeatureNetwork network, IReadOnlyList<string> layers, ScalarType precision, Device device)
    {
        (this.network, this.layers, this.precision, this.device) = (network, layers, precision, device);
        UsesChannelsLast = TensorLayout.PrefersChannelsLast(device, precision);
        bool fits = device.type == TorchSharp.DeviceType.CPU && precision == ScalarType.Float32;
        vectors = new Lazy<VectorFeatures?>(() => fits ? CreateVectors() : null);
    }

    /// <inheritdoc/>
    public int Networks => 1;

    /// <inheritdoc/>
    public bool UsesChannelsLast { get; }

    /// <summary>Returns the number of images that fit into memory; null where the libtorch form decides.</summary>
    /// <param name="images">Number of images.</param>
    /// <param name="rows">Number of rows of the images that the network sees.</param>
    /// <param name="columns">Number of columns of these images.</param>
    /// <param name="bytes">The memory.</param>
    public long? ImagesIn(long images, long rows, long columns, long bytes) => VectorsFor(images, rows, columns) is { } form
        ? (bytes - form.BytesOfAny((int)rows, (int)columns)) / form.BytesOfImage((int)rows, (int)columns)
        : null;

    /// <inheritdoc/>
    public Tensor[] Features(Tensor images, bool keepsGraph)
    {
        using var scope = NewDisposeScope();
        Tensor seen = Seen(images);
        Tensor[] maps = !keepsGraph && VectorsFor(seen) is { } form
            ? VectorFeaturePass.Features(form, seen)
            : MapsByLibtorch(seen);
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
    public Tensor? Compare(Tensor x, Tensor[] references, TileComparison comparison) => Compare(x, null, references, comparison);

    /// <inheritdoc/>
    public Tensor? Compare(Tensor x, Tensor reference, TileComparison comparison) => Compare(x, reference, [], comparison);

    /// <summary>Disposes the constants, but not the network, which belongs to the caller.</summary>
    public void Dispose() => constants.ForEach(c => c.Dispose());

    /// <summary>Creates a layer's distance for the form that is computed without libtorch.</summary>
    protected abstract MapDistance VectorDistance(int layer);

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

    private Tensor? Compare(Tensor x, Tensor? reference, Tensor[] maps, TileComparison comparison)
    {
        using var scope = NewDisposeScope();
        using var mode = set_grad_enabled(comparison.WantsGradient);
        Tensor images = x.detach().requires_grad_(comparison.WantsGradient), seen = Seen(images);
        if (VectorsFor(seen) is not { } form)
        {
            maps = reference is null ? maps : FeaturesWithoutGraph(reference);
            Tensor distances = Distances(MapsByLibtorch(seen), maps);
            comparison.Terms.Add(distances.detach());
            return comparison.WantsGradient ? autograd.grad([distances.sum()], [images])[0].MoveToOuterDisposeScope() : null;
        }

        // Autograd takes the gradient through the normalisation and the resizing.
        (Tensor terms, Tensor? gradient) = ByVectors(form, seen, reference, maps, comparison.WantsGradient);
        comparison.Terms.Add(terms.unsqueeze(1));
        return gradient is null ? null : autograd.grad([seen], [images], [gradient])[0].MoveToOuterDisposeScope();
    }

    private (Tensor Distances, Tensor? Gradient) ByVectors(
        VectorFeatures form, Tensor seen, Tensor? reference, Tensor[] maps, bool wantsGradient)
    {
        using var noGradient = no_grad();
        using Tensor pixels = seen.detach();
        using Tensor? other = reference is null ? null : Seen(reference);
        return VectorFeaturePass.Compare(form, pixels, other, maps, wantsGradient);
    }

    private Tensor[] FeaturesWithoutGraph(Tensor images)
    {
        using var noGradient = no_grad();
        return Features(images, keepsGraph: false);
    }

    private Tensor[] MapsByLibtorch(Tensor seen) =>
        [.. network.Features(UsesChannelsLast ? seen.WithChannelsLast() : seen, layers).Select(Compared)];

    // Null where libtorch computes images of this number and size.
    private VectorFeatures? VectorsFor(Tensor seen) => VectorsFor(seen.shape[0], seen.shape[2], seen.shape[3]);

    private VectorFeatures? VectorsFor(long images, long rows, long columns)
    {
        bool isOff = AppContext.TryGetSwitch(Switch, out bool byLibtorch) && byLibtorch;
        return isOff || images * rows * columns < LeastPixels ? null : vectors.Value;
    }

    private VectorFeatures? CreateVectors()
    {
        using var scope = NewDisposeScope();
        using var mode = InferenceMode.Leave();
        using var noGradient = no_grad();
        LayerGraph graph;
        try
        {
            graph = network.Describe();
        }
        catch (NotSupportedException)
        {
            return null;
        }

        return VectorFeatures.TryCreate(
            graph, [.. layers.Select(network.ValueOf)], [.. layers.Select((_, i) => VectorDistance(i))]);
    }

    // Grey is repeated to RGB.
    private Tensor Seen(Tensor images) => Normalized(images.shape[1] == 1 ? images.expand(-1, ColorChannels, -1, -1) : images);
}

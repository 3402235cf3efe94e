using Mdf.Guards;
using Mdf.Losses.Features;
using Mdf.Models.Perceptual;
using Mdf.Tiling;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Perceptual;

/// <summary>Creates the feature extractor of a network in one precision on one device.</summary>
internal delegate PerceptualExtractor PerceptualExtractorFactory(FeatureNetwork network, ScalarType precision, Device device);

/// <summary>
/// The network of a perceptual loss. It keeps a frozen float32 original on the CPU and makes one copy for each precision in use on the
/// loss's device.
/// </summary>
internal sealed class PerceptualNetwork : IFeatureNetwork
{
    private readonly FeatureNetwork original;
    private readonly PerceptualExtractorFactory createExtractor;
    private readonly long? workingMemory;
    private readonly long? seenSide;
    private readonly DeviceCopies<(FeatureNetwork Network, PerceptualExtractor Extractor)> copies;

    /// <summary>Copies a network.</summary>
    /// <param name="weights">The network to copy.</param>
    /// <param name="layerCount">Number of compared layers.</param>
    /// <param name="createExtractor">Creates the extractor of a copy.</param>
    /// <param name="workingMemory">Memory for feature maps in bytes; null for the device's default.</param>
    /// <param name="seenSide">Side in pixels that images are resized to; null without resizing.</param>
    public PerceptualNetwork(
        FeatureNetwork weights, int layerCount, PerceptualExtractorFactory createExtractor, long? workingMemory, int? seenSide = null)
    {
        WeightGuard.RequireFinite(weights.state_dict(), nameof(weights));
        original = weights.CopyFrozen(ScalarType.Float32, CPU);
        LayerCount = layerCount;
        this.createExtractor = createExtractor;
        this.workingMemory = workingMemory;
        this.seenSide = seenSide;
        copies = new DeviceCopies<(FeatureNetwork Network, PerceptualExtractor Extractor)>(Create, Release);
        MinimumSide = seenSide is null ? original.MinimumSide : 1;
    }

    public int? Channels => 3;

    public bool TakesGray => true;

    public int MinimumSide { get; }

    public Device? Device => copies.Device;

    public int LayerCount { get; }

    public ScalarType Precision(Tensor images) => images.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    public IReadOnlyList<IFeatureExtractor> On(ScalarType precision) => [copies.In(precision).Extractor];

    public IEnumerable<Tile> Tiles(Tensor images, ScalarType precision)
    {
        long bytes = WorkingMemory.Bytes(workingMemory, images.device);
        long rows = seenSide ?? images.shape[2], columns = seenSide ?? images.shape[3];
        return Tile.DivideImages(
            images.shape,
            copies.In(precision).Extractor.ImagesIn(images.shape[0], rows, columns, bytes) ?? ByLibtorch(rows * columns));

        // Twice the network's values: the restored image's maps, and either the reference's maps or the gradients of the backward pass.
        long ByLibtorch(long pixels) =>
            (long)(bytes / (2 * original.ValuesPerPixel * pixels * (precision == ScalarType.Float64 ? 8 : 4)));
    }

    public int Workers(Tensor images) => 1;

    public void MoveTo(Device device) => copies.MoveTo(device);

    public void Dispose()
    {
        copies.Dispose();
        original.Dispose();
    }

    private (FeatureNetwork Network, PerceptualExtractor Extractor) Create(ScalarType precision, Device device)
    {
        FeatureNetwork network = device.type == DeviceType.CPU && precision == ScalarType.Float32
            ? original
            : original.CopyFrozen(precision, device);
        return (network, createExtractor(network, precision, device));
    }

    private void Release((FeatureNetwork Network, PerceptualExtractor Extractor) copy)
    {
        copy.Extractor.Dispose();
        if (copy.Network != original)
        {
            copy.Network.Dispose();
        }
    }
}

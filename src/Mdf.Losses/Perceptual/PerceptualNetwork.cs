using Mdf.Losses.Features;
using Mdf.Models.Perceptual;
using Mdf.Models.Tiling;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Perceptual;

/// <summary>Makes what compares maps of a network that it is given, in a precision on a device.</summary>
internal delegate PerceptualExtractor PerceptualExtractorFactory(FeatureNetwork network, ScalarType precision, Device device);

/// <summary>
/// The network of a perceptual loss: a frozen original in float32 on the CPU, and of it the copies that are in use, one for each precision,
/// on the loss's device.
/// </summary>
internal sealed class PerceptualNetwork : IFeatureNetwork
{
    private readonly FeatureNetwork original;
    private readonly PerceptualExtractorFactory createExtractor;
    private readonly long? workingMemory;
    private readonly long? seenPixels;
    private readonly DeviceCopies<(FeatureNetwork Network, PerceptualExtractor Extractor)> copies;

    /// <summary>Copies the weights.</summary>
    /// <param name="weights">The network to copy.</param>
    /// <param name="layerCount">The layers that are compared.</param>
    /// <param name="createExtractor">Makes what compares them.</param>
    /// <param name="workingMemory">As in the options.</param>
    /// <param name="seenSide">The side that images are resized to; null if they are not.</param>
    public PerceptualNetwork(
        FeatureNetwork weights, int layerCount, PerceptualExtractorFactory createExtractor, long? workingMemory, int? seenSide = null)
    {
        using var noGradient = no_grad();
        foreach ((string name, Tensor tensor) in weights.state_dict())
        {
            using Tensor isFinite = tensor.isfinite(), all = isFinite.all();
            if (!all.item<bool>())
            {
                throw new ArgumentException($"The weights' '{name}' holds NaN or infinite values; expected finite ones.", nameof(weights));
            }
        }

        original = weights.CopyFrozen(ScalarType.Float32, CPU);
        LayerCount = layerCount;
        this.createExtractor = createExtractor;
        this.workingMemory = workingMemory;
        seenPixels = seenSide * seenSide;
        copies = new DeviceCopies<(FeatureNetwork Network, PerceptualExtractor Extractor)>(Create, Release);
        MinimumSide = seenSide is null ? original.MinimumSide : 1;
    }

    public int? Channels => 3;

    public int MinimumSide { get; }

    public Device? Device => copies.Device;

    public int LayerCount { get; }

    public ScalarType Precision(Tensor images) => images.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    public IReadOnlyList<IFeatureExtractor> On(ScalarType precision) => [copies.In(precision).Extractor];

    public IEnumerable<Tile> Tiles(Tensor images, ScalarType precision)
    {
        // The restored image's maps are kept, and as much again is in the making on the way back or is the reference's.
        long pixels = seenPixels ?? (images.shape[2] * images.shape[3]);
        double bytesAnImage = 2 * original.ValuesPerPixel * pixels * (precision == ScalarType.Float64 ? 8 : 4);
        return Tile.DivideImages(images.shape, (long)(WorkingMemory.Bytes(workingMemory, images.device) / bytesAnImage));
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
        FeatureNetwork network = device.type == DeviceType.CPU && precision == ScalarType.Float32 ? original : original.CopyFrozen(precision, device);
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

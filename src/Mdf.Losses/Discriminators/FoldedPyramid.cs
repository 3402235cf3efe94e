using System.Numerics;
using Mdf.Losses.Features;
using Mdf.Models.Adversarial;
using Mdf.Models.Simd;
using Mdf.Tiling;
using Mdf.TorchCompatibility;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Discriminators;

/// <summary>
/// Holds the frozen discriminators of an <see cref="MdfLoss"/>: float64 originals on the CPU, and copies by precision on the loss's device.
/// </summary>
internal sealed class FoldedPyramid : IFeatureNetwork
{
    private const int MostStacked = 4;

    // On the CPU a worker's memory is one array. More is no faster.
    private const long MostOfWorker = 1 << 30;

    private readonly (Tensor Weight, Tensor Bias)[][] originals;
    private readonly DeviceCopies<IDiscriminatorExtractor[]> copies;
    private readonly int maximumBodyBlocks;

    /// <summary>Names of what the file holds beside the weights.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    public FoldedPyramid(IReadOnlyList<MdfDiscriminator> discriminators, MdfLossOptions options, string name)
    {
        Options = options;
        Channels = discriminators[0].InputChannels;
        MinimumSide = discriminators.Max(d => d.ReceptiveField);
        maximumBodyBlocks = discriminators.Max(d => d.BodyBlocks);
        if (discriminators.Any(d => d.InputChannels != Channels))
        {
            throw new ArgumentException(
                $"{name} takes {string.Join(", ", discriminators.Select(d => d.InputChannels))} channels, scale by scale; "
                + "expected one number.",
                name);
        }

        using var scope = NewDisposeScope();
        originals = [.. discriminators.Select(d => DiscriminatorFolding.Fold(d, options.InputRange, name))];
        scope.Detach(originals.SelectMany(o => o).SelectMany(c => new[] { c.Weight, c.Bias }));
        copies = new DeviceCopies<IDiscriminatorExtractor[]>(Create, all => Array.ForEach(all, e => e.Dispose()));
    }

    public MdfLossOptions Options { get; }

    public int ScaleCount => originals.Length;

    public int? Channels { get; }

    public int MinimumSide { get; }

    public Device? Device => copies.Device;

    public int LayerCount => BitOperations.PopCount((uint)Options.Layers);

    /// <summary>Returns the precision that features of images are computed in.</summary>
    public ScalarType Precision(Tensor images) =>
        Options.Precision == MdfPrecision.BFloat16WhereFaster ? (BFloat16IsFaster ? ScalarType.BFloat16 : ScalarType.Float32)
        : images.dtype == ScalarType.Float64 ? ScalarType.Float64
        : ScalarType.Float32;

    /// <summary>Moves the copies to a device.</summary>
    public void MoveTo(Device device) => copies.MoveTo(device);

    /// <summary>Returns the copies in a precision on the loss's device.</summary>
    public IDiscriminatorExtractor[] On(ScalarType precision) => copies.In(precision);

    IReadOnlyList<IFeatureExtractor> IFeatureNetwork.On(ScalarType precision) => On(precision);

    public IEnumerable<Tile> Tiles(Tensor images, ScalarType precision)
    {
        long elementSize = precision switch { ScalarType.Float64 => 8, ScalarType.BFloat16 => 2, _ => 4 };

        // At the peak, the restored image's maps after each convolution are alive, two of the reference's, and three being computed.
        long bytesAPixel = elementSize * On(precision).Max(e => e.Channels) * (maximumBodyBlocks + 6);
        long bytes = WorkingMemory.Bytes(Options.WorkingMemory, images.device) / Workers(images);
        bytes = images.device_type == DeviceType.CPU ? Math.Min(bytes, MostOfWorker) : bytes;
        return Tile.Divide(images.shape, bytes / bytesAPixel, MinimumSide);
    }

    public int Workers(Tensor images) => WorkingMemory.Workers(Options.WorkingMemory, images.device);

    public void Dispose()
    {
        copies.Dispose();
        foreach ((Tensor weight, Tensor bias) in originals.SelectMany(o => o))
        {
            weight.Dispose();
            bias.Dispose();
        }
    }

    // On a CPU without a matrix unit, Winograd convolutions in float32 save more than bfloat16 does.
    private bool BFloat16IsFaster => Device!.type != DeviceType.CPU || BFloat16Support.HasMatrixUnit
        || (BFloat16Support.IsSupported && !originals.All(VectorDiscriminator.Fits));

    // On tensor cores the time goes into memory traffic and launches, so fewer, larger launches with channels-last maps win. cuDNN uses
    // them for
    // float32 while TF32 is allowed; a change of that after the copies were made changes the speed alone.
    private static bool UsesTensorCores(Device device, ScalarType precision) => device.type == DeviceType.CUDA
        && (precision == ScalarType.BFloat16 || (precision == ScalarType.Float32 && backends.cudnn.allow_tf32));

    private IDiscriminatorExtractor[] Create(ScalarType precision, Device device)
    {
        bool tensorCores = UsesTensorCores(device, precision);
        bool channelsLast = tensorCores || TensorLayout.PrefersChannelsLast(device, precision);
        return [.. Stacks(tensorCores ? MostStacked : 1).Select(IDiscriminatorExtractor (s) =>
            s.Count == 1 && SimdDiscriminator.Fits(s[0], device, precision)
                ? new SimdDiscriminator(s[0], Options.Layers)
                : new DiscriminatorStack(s, Options.Layers, device, precision, channelsLast))];
    }

    // Groups consecutive discriminators of one shape, up to a limit.
    private IEnumerable<IReadOnlyList<(Tensor Weight, Tensor Bias)[]>> Stacks(int most)
    {
        var current = new List<(Tensor Weight, Tensor Bias)[]>();
        foreach ((Tensor Weight, Tensor Bias)[] next in originals)
        {
            if (current.Count == most || (current.Count > 0 && !Shapes(current[0]).SequenceEqual(Shapes(next))))
            {
                yield return [.. current];
                current.Clear();
            }

            current.Add(next);
        }

        yield return [.. current];

        static IEnumerable<(long, long)> Shapes((Tensor Weight, Tensor Bias)[] convolutions) =>
            convolutions.Select(c => (c.Weight.shape[0], c.Weight.shape[1]));
    }
}

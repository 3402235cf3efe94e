using System.Numerics;
using Mdf.Models.Adversarial;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// The frozen discriminators of an <see cref="MdfLoss"/>: one float64 original on the CPU, and of it the copies that are in use, one for
/// each precision, on the loss's device.
/// </summary>
internal sealed class FoldedPyramid : IFeatureNetwork
{
    private const int MostStacked = 4;

    // A worker's memory is one array on the CPU, where more is no faster anyway.
    private const long MostOfWorker = 1 << 30;

    private readonly (Tensor Weight, Tensor Bias)[][] originals;
    private readonly Dictionary<ScalarType, DiscriminatorStack[]> copies = [];
    private readonly int maximumBodyBlocks;
    private readonly Lock guard = new();

    public FoldedPyramid(IReadOnlyList<MdfDiscriminator> discriminators, MdfLossOptions options, string name)
    {
        Options = options;
        Channels = discriminators[0].InputChannels;
        MinimumSide = discriminators.Max(d => d.ReceptiveField);
        maximumBodyBlocks = discriminators.Max(d => d.BodyBlocks);
        if (discriminators.Any(d => d.InputChannels != Channels))
        {
            throw new ArgumentException($"The discriminators take {string.Join(", ", discriminators.Select(d => d.InputChannels))} channels; expected the same number of all.", name);
        }

        using var scope = NewDisposeScope();
        originals = [.. discriminators.Select(d => DiscriminatorFolding.Fold(d, options.InputRange, name))];
        scope.Detach(originals.SelectMany(o => o).SelectMany(c => new[] { c.Weight, c.Bias }));
    }

    public MdfLossOptions Options { get; }

    public int ScaleCount => originals.Length;

    public int? Channels { get; }

    public int MinimumSide { get; }

    public Device? Device { get; private set; } = CPU;

    public int LayerCount => BitOperations.PopCount((uint)Options.Layers);

    /// <summary>Moves to a device: the next call makes its copies there.</summary>
    public void MoveTo(Device device)
    {
        lock (guard)
        {
            DisposeCopies();

            // The device as a tensor on it reports it: "cuda" becomes "cuda:0".
            using Tensor probe = empty(0, device: device);
            Device = probe.device;
        }
    }

    /// <summary>The precision that images are looked at in.</summary>
    public ScalarType Precision(Tensor images) =>
        Options.Precision == MdfPrecision.BFloat16 ? (BFloat16IsFaster ? ScalarType.BFloat16 : ScalarType.Float32)
        : images.dtype == ScalarType.Float64 ? ScalarType.Float64
        : ScalarType.Float32;

    /// <summary>The copies on the loss's device in a precision, made when they are first asked for.</summary>
    public DiscriminatorStack[] On(ScalarType precision)
    {
        lock (guard)
        {
            if (!copies.TryGetValue(precision, out DiscriminatorStack[]? copy))
            {
                bool tensorCores = UsesTensorCores(Device!, precision);
                bool channelsLast = tensorCores || ChannelsLast.IsBest(Device!, precision);
                copy = [.. Stacks(tensorCores ? MostStacked : 1).Select(s => new DiscriminatorStack(s, Options.Layers, Device!, precision, channelsLast))];
                copies.Add(precision, copy);
            }

            return copy;
        }
    }

    IReadOnlyList<IFeatureExtractor> IFeatureNetwork.On(ScalarType precision) => On(precision);

    public IEnumerable<Tile> Tiles(Tensor images, ScalarType precision)
    {
        long elementSize = precision switch { ScalarType.Float64 => 8, ScalarType.BFloat16 => 2, _ => 4 };

        // At the worst moment the restored image's maps after each convolution are alive, two of the reference's, and three in the making.
        long bytesAPixel = elementSize * On(precision).Max(s => s.Channels) * (maximumBodyBlocks + 6);
        long bytes = WorkingMemory.Bytes(Options.WorkingMemory, images.device) / Workers(images);
        return Tile.Divide(images.shape, (images.device_type == DeviceType.CPU ? Math.Min(bytes, MostOfWorker) : bytes) / bytesAPixel, MinimumSide);
    }

    public int Workers(Tensor images) => WorkingMemory.Workers(Options.WorkingMemory, images.device);

    public void Dispose()
    {
        DisposeCopies();
        foreach ((Tensor weight, Tensor bias) in originals.SelectMany(o => o))
        {
            weight.Dispose();
            bias.Dispose();
        }
    }

    // On the CPU, Winograd's convolutions save more than bfloat16 does without a matrix unit.
    private bool BFloat16IsFaster => Device!.type != DeviceType.CPU || BFloat16Arithmetic.HasMatrixUnit
        || (BFloat16Arithmetic.IsSupported && !originals.All(VectorDiscriminator.Fits));

    // Where the convolutions are done on tensor cores, what is left is memory and launches: fewer and larger ones, with channels innermost. In
    // float32 that is so while cuDNN is allowed TF32; a change of that after the copies were made changes the speed alone.
    private static bool UsesTensorCores(Device device, ScalarType precision) => device.type == DeviceType.CUDA
        && (precision == ScalarType.BFloat16 || (precision == ScalarType.Float32 && backends.cudnn.allow_tf32));

    // Runs of discriminators of one shape, of no more than so many.
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

        static IEnumerable<(long, long)> Shapes((Tensor Weight, Tensor Bias)[] convolutions) => convolutions.Select(c => (c.Weight.shape[0], c.Weight.shape[1]));
    }

    private void DisposeCopies()
    {
        foreach (DiscriminatorStack copy in copies.Values.SelectMany(c => c))
        {
            copy.Dispose();
        }

        copies.Clear();
    }
}

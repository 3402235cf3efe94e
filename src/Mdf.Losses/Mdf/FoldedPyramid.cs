using System.Numerics;
using Mdf.Models.Adversarial;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// The frozen discriminators of an <see cref="MdfLoss"/>: one float64 original on the CPU, and of it the copies that are in use, one for
/// each precision, on the loss's device.
/// </summary>
internal sealed class FoldedPyramid : IFeatureNetwork
{
    private readonly (Tensor Weight, Tensor Bias)[][] originals;
    private readonly Dictionary<ScalarType, FoldedDiscriminator[]> copies = [];
    private readonly int maximumWidth, maximumBodyBlocks;
    private readonly Lock guard = new();

    public FoldedPyramid(IReadOnlyList<MdfDiscriminator> discriminators, MdfLossOptions options, string name)
    {
        Options = options;
        Channels = discriminators[0].InputChannels;
        MinimumSide = discriminators.Max(d => d.ReceptiveField);
        maximumWidth = discriminators.Max(d => d.Width);
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
        Options.Precision == MdfPrecision.BFloat16 ? ScalarType.BFloat16
        : images.dtype == ScalarType.Float64 ? ScalarType.Float64
        : ScalarType.Float32;

    /// <summary>The copies on the loss's device in a precision, made when they are first asked for.</summary>
    public FoldedDiscriminator[] On(ScalarType precision)
    {
        lock (guard)
        {
            if (!copies.TryGetValue(precision, out FoldedDiscriminator[]? copy))
            {
                copy = [.. originals.Select(o => new FoldedDiscriminator(o, Options.Layers, Device!, precision))];
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
        long bytesAPixel = elementSize * maximumWidth * (maximumBodyBlocks + 6);
        return Tile.Divide(images.shape, WorkingMemory.Bytes(Options.WorkingMemory, images.device) / bytesAPixel, MinimumSide);
    }

    public void Dispose()
    {
        DisposeCopies();
        foreach ((Tensor weight, Tensor bias) in originals.SelectMany(o => o))
        {
            weight.Dispose();
            bias.Dispose();
        }
    }

    private void DisposeCopies()
    {
        foreach (FoldedDiscriminator copy in copies.Values.SelectMany(c => c))
        {
            copy.Dispose();
        }

        copies.Clear();
    }
}

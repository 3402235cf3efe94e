using Mdf.Models;
using Mdf.Models.Adversarial;
using Mdf.Tiling;
using Mdf.TorchCompatibility;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Discriminators;

/// <summary>
/// Frozen discriminators of one shape side by side, computed by libtorch as plain convolutions (<see cref="DiscriminatorFolding"/>) in one
/// precision
/// on one device.
/// </summary>
/// <remarks>
/// Each convolution but the last is followed by LeakyReLU. The discriminators' channels are concatenated. On the CPU a stack holds one
/// discriminator.
/// </remarks>
internal sealed class DiscriminatorStack : IDiscriminatorExtractor
{
    private static readonly long[] FullPadding = [2, 2];

    private readonly (Tensor Weight, Tensor Bias)[] convolutions;
    private readonly MdfLayers layers;

    // Weights of the convolutions that take a gradient from an output to its input.
    private readonly Tensor[] backward;

    // Where cuDNN computes without tensor cores, a transposed convolution to few channels is two to three times as fast as a flipped one.
    private readonly bool transposesFirst;

    /// <summary>Copies the given weights.</summary>
    /// <param name="originals">The convolutions of each discriminator.</param>
    /// <param name="layers">The maps to compare.</param>
    /// <param name="device">The device to compute on.</param>
    /// <param name="precision">The type to compute in.</param>
    /// <param name="channelsLast">Whether maps are channels-last in memory.</param>
    public DiscriminatorStack(
        IReadOnlyList<(Tensor Weight, Tensor Bias)[]> originals, MdfLayers layers, Device device, ScalarType precision, bool channelsLast)
    {
        this.layers = layers;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Networks = originals.Count;
        UsesChannelsLast = channelsLast;
        transposesFirst = device.type == DeviceType.CUDA && !channelsLast;
        int count = originals[0].Length;
        Channels = originals.Sum(o => o.Max(c => c.Weight.shape[0]));
        convolutions = new (Tensor, Tensor)[count];
        backward = new Tensor[count];
        for (int i = 0; i < count; i++)
        {
            Tensor[] weights = [.. originals.Select(o => o[i].Weight)];
            bool isLast = i == count - 1;
            Tensor weight = isLast ? BlockDiagonal(weights) : cat(weights);
            convolutions[i] = (Copy(weight), Copy(cat([.. originals.Select(o => o[i].Bias)])));
            backward[i] = Copy(Groups(i) == 1 ? Layers.Flipped(weight) : cat([.. weights.Select(Layers.Flipped)]));
        }

        scope.Detach(Weights);

        Tensor Copy(Tensor original)
        {
            Tensor copy = original.contiguous().to(precision, copy: true).to(device);
            return channelsLast && copy.dim() == 4 ? copy.WithChannelsLast() : copy;
        }
    }

    /// <inheritdoc/>
    public int Networks { get; }

    /// <inheritdoc/>
    public bool UsesChannelsLast { get; }

    /// <inheritdoc/>
    public long Channels { get; }

    /// <summary>Number of convolutions.</summary>
    public int Count => convolutions.Length;

    internal IEnumerable<Tensor> Weights => [.. convolutions.SelectMany(c => new[] { c.Weight, c.Bias }), .. backward];

    /// <summary>Index of the last convolution that the chosen maps need.</summary>
    public int Last => layers.HasFlag(MdfLayers.Tail) ? Count - 1 : layers.HasFlag(MdfLayers.Body) ? Count - 2 : 0;

    /// <summary>Returns whether a convolution's output is a chosen map.</summary>
    public bool IsMap(int convolution) => (layers & MapAfter(convolution)) != MdfLayers.None;

    /// <summary>Computes one convolution and the LeakyReLU after it.</summary>
    public Tensor Forward(int convolution, Tensor input)
    {
        (Tensor weight, Tensor bias) = convolutions[convolution];
        Tensor output = nn.functional.conv2d(input, weight, bias, groups: Groups(convolution));
        return convolution < Count - 1 ? output.LeakyRelu(MdfDiscriminator.NegativeSlope) : output;
    }

    /// <summary>Takes a gradient from a convolution's output to its input; both given tensors may be overwritten.</summary>
    /// <remarks>
    /// Computed by the flipped convolution, which on a CPU is up to three times as fast as the transposed one. The gradient with respect to
    /// the
    /// images is summed over the discriminators.
    /// </remarks>
    /// <param name="convolution">Index of the convolution.</param>
    /// <param name="gradient">The gradient with respect to <paramref name="output"/>.</param>
    /// <param name="output">The result of <see cref="Forward(int, Tensor)"/>.</param>
    public Tensor Backward(int convolution, Tensor gradient, Tensor output)
    {
        if (convolution < Count - 1)
        {
            gradient.mul_(Slopes(output));
        }

        return convolution == 0 && transposesFirst
            ? nn.functional.conv_transpose2d(gradient, convolutions[0].Weight)
            : nn.functional.conv2d(gradient, backward[convolution], padding: FullPadding, groups: Groups(convolution));
    }

    /// <inheritdoc/>
    public Tensor[] Features(Tensor images, bool keepsGraph)
    {
        using var scope = NewDisposeScope();
        var maps = new List<Tensor>(3);
        Tensor x = images;
        for (int i = 0; i <= Last; i++)
        {
            Tensor output = Forward(i, x);
            if (i > 0 && !IsMap(i - 1))
            {
                // A graph keeps what it needs by itself; without one, the next convolution reuses the memory.
                x.Dispose();
            }

            x = output;
            if (IsMap(i))
            {
                maps.Add(x);
            }
        }

        scope.MoveToOuter(maps);
        return [.. maps];
    }

    /// <inheritdoc/>
    public Tensor Distances(IReadOnlyList<Tensor> restored, IReadOnlyList<Tensor> reference) => stack(
        restored.Zip(reference, (x, y) =>
            AtLeastFloat32(x - y).Squared().unflatten(1, Networks, x.shape[1] / Networks).mean([2, 3, 4])),
        dim: 2);

    /// <inheritdoc/>
    public Tensor? Compare(Tensor x, Tensor[] references, TileComparison comparison) => new FusedPass(this, comparison).Run(x, references);

    public void Dispose()
    {
        foreach (Tensor weight in Weights)
        {
            weight.Dispose();
        }
    }

    // All discriminators share the first convolution's input. The last is too narrow for groups to be fast: there each discriminator sees
    // the others'
    // channels times zero.
    private int Groups(int convolution) => convolution == 0 || convolution == Count - 1 ? 1 : Networks;

    // LeakyReLU's derivative, written over its output, which has the sign of its input: 1 above zero and the slope elsewhere.
    private static Tensor Slopes(Tensor output) =>
        output.Multiply(output.dtype == ScalarType.Float64 ? 1e300 : 1e38).Clamp(MdfDiscriminator.NegativeSlope, 1);

    private MdfLayers MapAfter(int convolution) =>
        convolution == 0 ? MdfLayers.Head
        : convolution == Count - 2 ? MdfLayers.Body
        : convolution == Count - 1 ? MdfLayers.Tail
        : MdfLayers.None;

    // Combines G weights (1, C, 3, 3) into one (G, G C, 3, 3).
    private static Tensor BlockDiagonal(Tensor[] weights) => cat([.. weights.Select((weight, i) =>
        cat([.. weights.Select((other, j) => i == j ? weight : zeros_like(other))], dim: 1))]);

    private static Tensor AtLeastFloat32(Tensor tensor) => tensor.dtype == ScalarType.BFloat16 ? tensor.to(ScalarType.Float32) : tensor;
}

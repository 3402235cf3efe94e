using Mdf.Models.Adversarial;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// Frozen discriminators of one shape side by side, as plain convolutions (<see cref="DiscriminatorFolding"/>), each but the last followed
/// by LeakyReLU, in one precision on one device. Their channels follow one another; on the CPU a stack is one discriminator.
/// </summary>
internal sealed class DiscriminatorStack : IFeatureExtractor, IDisposable
{
    private static readonly long[] FullPadding = [2, 2];

    private readonly (Tensor Weight, Tensor Bias)[] convolutions;
    private readonly MdfLayers layers;

    // The weights of the convolutions that take a gradient back through each.
    private readonly Tensor[] backward;

    // Does without tensors what needs no graph, where it can.
    private readonly VectorDiscriminator? vectors;

    // Where cuDNN does without tensor cores, the transposed convolution to few channels is two to three times as fast as the flipped one.
    private readonly bool transposesFirst;

    /// <summary>Takes copies of the given weights.</summary>
    /// <param name="originals">Of each discriminator, the convolutions.</param>
    /// <param name="layers">The maps to compare.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="precision">The type to compute in.</param>
    /// <param name="channelsLast">Whether channels are to lie innermost in memory.</param>
    public DiscriminatorStack(IReadOnlyList<(Tensor Weight, Tensor Bias)[]> originals, MdfLayers layers, Device device, ScalarType precision, bool channelsLast)
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
        bool mayFit = Networks == 1 && channelsLast && device.type == DeviceType.CPU && precision == ScalarType.Float32;
        vectors = mayFit && VectorDiscriminator.Fits(originals[0]) ? new VectorDiscriminator(originals[0]) : null;
        for (int i = 0; i < count; i++)
        {
            Tensor[] weights = [.. originals.Select(o => o[i].Weight)];
            bool apart = i == count - 1;
            Tensor weight = apart ? BlockDiagonal(weights) : cat(weights);
            convolutions[i] = (Copy(weight), Copy(cat([.. originals.Select(o => o[i].Bias)])));
            backward[i] = Copy(Groups(i) == 1 ? Flipped(weight) : cat([.. weights.Select(Flipped)]));
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

    /// <summary>The most channels that a map of all discriminators has.</summary>
    public long Channels { get; }

    /// <summary>The convolutions.</summary>
    public int Count => convolutions.Length;

    internal IEnumerable<Tensor> Weights => [.. convolutions.SelectMany(c => new[] { c.Weight, c.Bias }), .. backward];

    /// <summary>The last convolution that the chosen maps need.</summary>
    public int Last => layers.HasFlag(MdfLayers.Tail) ? Count - 1 : layers.HasFlag(MdfLayers.Body) ? Count - 2 : 0;

    /// <summary>Whether a convolution's output is a chosen map.</summary>
    public bool IsMap(int convolution) => (layers & MapAfter(convolution)) != MdfLayers.None;

    /// <summary>One convolution and what follows it.</summary>
    public Tensor Forward(int convolution, Tensor input)
    {
        (Tensor weight, Tensor bias) = convolutions[convolution];
        Tensor output = nn.functional.conv2d(input, weight, bias, groups: Groups(convolution));
        return convolution < Count - 1 ? output.LeakyRelu(MdfDiscriminator.NegativeSlope) : output;
    }

    /// <summary>
    /// The gradient with respect to a convolution's input, of that with respect to what follows it; of the first one's input, the sum over the
    /// discriminators. Both given tensors may be overwritten.
    /// </summary>
    /// <remarks>By the flipped convolution, which on a CPU is up to three times as fast as the transposed one.</remarks>
    /// <param name="convolution">The convolution.</param>
    /// <param name="gradient">The gradient with respect to <paramref name="output"/>.</param>
    /// <param name="output">What <see cref="Forward(int, Tensor)"/> gave.</param>
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
        if (vectors is not null && !keepsGraph)
        {
            return Pass(images).Features(images);
        }

        using var scope = NewDisposeScope();
        var maps = new List<Tensor>(3);
        Tensor x = images;
        for (int i = 0; i <= Last; i++)
        {
            Tensor output = Forward(i, x);
            if (i > 0 && !IsMap(i - 1))
            {
                // A graph, if there is one, keeps what it needs; else the next convolution gets the memory.
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
        restored.Zip(reference, (x, y) => AtLeastFloat32(x - y).Squared().unflatten(1, Networks, x.shape[1] / Networks).mean([2, 3, 4])), dim: 2);

    /// <inheritdoc/>
    public Tensor? Compare(Tensor x, Tensor[] references, Tile tile, long[] shape, Tensor terms, bool wantsGradient) => vectors is null
        ? new FusedPass(this, tile, shape).Run(x, references, terms, wantsGradient)
        : Pass(x).Compare(x, reference: null, references, tile, shape, terms, wantsGradient);

    /// <inheritdoc/>
    public Tensor? Compare(Tensor x, Tensor reference, Tile tile, long[] shape, Tensor terms, bool wantsGradient) => vectors is null
        ? IFeatureExtractor.CompareFeatures(this, x, reference, tile, shape, terms, wantsGradient)
        : Pass(x).Compare(x, reference, [], tile, shape, terms, wantsGradient);

    public void Dispose()
    {
        foreach (Tensor weight in Weights)
        {
            weight.Dispose();
        }
    }

    // The first convolution has the same input for all. In the last, too narrow for groups to be fast, each sees the others' channels times zero.
    private int Groups(int convolution) => convolution == 0 || convolution == Count - 1 ? 1 : Networks;

    // The derivative of LeakyReLU, in place of its output, which has the sign of its input: 1 above zero and the slope elsewhere.
    private static Tensor Slopes(Tensor output) => output.Multiply(output.dtype == ScalarType.Float64 ? 1e300 : 1e38).Clamp(MdfDiscriminator.NegativeSlope, 1);

    private MdfLayers MapAfter(int convolution) =>
        convolution == 0 ? MdfLayers.Head
        : convolution == Count - 2 ? MdfLayers.Body
        : convolution == Count - 1 ? MdfLayers.Tail
        : MdfLayers.None;

    private VectorPass Pass(Tensor images) =>
        new(vectors!, [.. Enumerable.Range(0, Last + 1).Select(IsMap)], (int)images.shape[2], (int)images.shape[3]);

    /// <summary>The weights of the convolution that takes a gradient back.</summary>
    public static Tensor Flipped(Tensor weight) => weight.transpose(0, 1).flip(2, 3);

    // (G, C, 3, 3) as (G, G C, 3, 3), of G weights (1, C, 3, 3).
    private static Tensor BlockDiagonal(Tensor[] weights) => cat([.. weights.Select((weight, i) =>
        cat([.. weights.Select((other, j) => i == j ? weight : zeros_like(other))], dim: 1))]);

    private static Tensor AtLeastFloat32(Tensor tensor) => tensor.dtype == ScalarType.BFloat16 ? tensor.to(ScalarType.Float32) : tensor;
}

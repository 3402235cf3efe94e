using Mdf.Models.Adversarial;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// A frozen discriminator as plain convolutions (<see cref="DiscriminatorFolding"/>), each but the last followed by LeakyReLU, in one
/// precision on one device.
/// </summary>
internal sealed class FoldedDiscriminator : IFeatureExtractor, IDisposable
{
    private static readonly long[] FullPadding = [2, 2];

    // The widths of outputs for which oneDNN takes a kernel of three quarters of the usual speed, in float32, and which one or two columns
    // more on either side get out of it (for three it has another slow one): see benchmarks/RESULTS.md.
    private const int SlowChannels = 64, LeastSlowWidth = 88, MostSlowWidth = 90, LeastSlowImages = 2;

    private readonly (Tensor Weight, Tensor Bias)[] convolutions;
    private readonly MdfLayers layers;

    // The weights of the convolutions that take a gradient back through each.
    private readonly Tensor[] backward;

    /// <summary>Takes copies of the given weights.</summary>
    public FoldedDiscriminator((Tensor Weight, Tensor Bias)[] originals, MdfLayers layers, Device device, ScalarType precision)
    {
        this.layers = layers;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        UsesChannelsLast = ChannelsLast.IsBest(device, precision);
        convolutions = [.. originals.Select(c => (Layout(c.Weight.to(precision, copy: true).to(device)), c.Bias.to(precision, copy: true).to(device)))];
        backward = [.. originals.Select(c => Layout(c.Weight.transpose(0, 1).flip(2, 3).contiguous().to(precision).to(device)))];
        scope.Detach(Weights);
    }

    /// <inheritdoc/>
    public bool UsesChannelsLast { get; }

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
        Tensor output = Convolve(input, weight, bias);
        return convolution < Count - 1 ? output.LeakyRelu(MdfDiscriminator.NegativeSlope) : output;
    }

    /// <summary>The gradient with respect to a convolution's input, of that with respect to its output (before LeakyReLU).</summary>
    /// <remarks>By the flipped convolution, which is up to three times as fast as the transposed one.</remarks>
    public Tensor Backward(int convolution, Tensor gradient) => nn.functional.conv2d(gradient, backward[convolution], padding: FullPadding);

    /// <summary>The chosen maps, in the order head, body, tail, with their graph if the images have one.</summary>
    public Tensor[] Features(Tensor images)
    {
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
    public Tensor Distances(IReadOnlyList<Tensor> restored, IReadOnlyList<Tensor> reference) =>
        stack(restored.Zip(reference, (x, y) => AtLeastFloat32(x - y).Squared().mean([1, 2, 3])), dim: 1);

    /// <inheritdoc/>
    public Tensor? Compare(Tensor x, Tensor[] references, Tile tile, long[] shape, Tensor terms, bool wantsGradient) =>
        new FusedPass(this, tile, shape).Run(x, references, terms, wantsGradient);

    public void Dispose()
    {
        foreach (Tensor weight in Weights)
        {
            weight.Dispose();
        }
    }

    private Tensor Convolve(Tensor input, Tensor weight, Tensor bias)
    {
        long width = input.shape[3] - 2;
        if (!UsesChannelsLast || input.dtype != ScalarType.Float32 || input.shape[0] < LeastSlowImages
            || weight.shape[0] != SlowChannels || weight.shape[1] != SlowChannels || width is < LeastSlowWidth or > MostSlowWidth)
        {
            return nn.functional.conv2d(input, weight, bias);
        }

        long more = (MostSlowWidth + 3 - width) / 2;
        return nn.functional.conv2d(input, weight, bias, padding: [0, more]).narrow(3, more, width);
    }

    private MdfLayers MapAfter(int convolution) =>
        convolution == 0 ? MdfLayers.Head
        : convolution == Count - 2 ? MdfLayers.Body
        : convolution == Count - 1 ? MdfLayers.Tail
        : MdfLayers.None;

    private static Tensor AtLeastFloat32(Tensor tensor) => tensor.dtype == ScalarType.BFloat16 ? tensor.to(ScalarType.Float32) : tensor;

    private Tensor Layout(Tensor tensor) => UsesChannelsLast ? tensor.WithChannelsLast() : tensor;
}

using Mdf.Models.Adversarial;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// A frozen discriminator as plain convolutions (<see cref="DiscriminatorFolding"/>), each but the last followed by LeakyReLU, in one
/// precision on one device.
/// </summary>
internal sealed class FoldedDiscriminator : IDisposable
{
    private static readonly long[] FullPadding = [2, 2];

    private readonly (Tensor Weight, Tensor Bias)[] convolutions;

    // The tail's weights as those of the convolution that takes a gradient back through it.
    private readonly Tensor tailBackward;

    /// <summary>Takes copies of the given weights.</summary>
    public FoldedDiscriminator((Tensor Weight, Tensor Bias)[] originals, Device device, ScalarType precision)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        UsesChannelsLast = device.type == DeviceType.CPU && precision != ScalarType.Float64;
        convolutions = [.. originals.Select(c => (Layout(c.Weight.to(precision, copy: true).to(device)), c.Bias.to(precision, copy: true).to(device)))];
        tailBackward = Layout(originals[^1].Weight.transpose(0, 1).flip(2, 3).contiguous().to(precision).to(device));
        scope.Detach(Weights);
    }

    /// <summary>
    /// Whether channels lie innermost in memory, which is how oneDNN's convolutions run best on the CPU (float64 is not oneDNN's).
    /// </summary>
    public bool UsesChannelsLast { get; }

    /// <summary>The convolutions.</summary>
    public int Count => convolutions.Length;

    internal IEnumerable<Tensor> Weights => [.. convolutions.SelectMany(c => new[] { c.Weight, c.Bias }), tailBackward];

    /// <summary>The map that a convolution's output is, or none of the three.</summary>
    public MdfLayers MapAfter(int convolution) =>
        convolution == 0 ? MdfLayers.Head
        : convolution == Count - 2 ? MdfLayers.Body
        : convolution == Count - 1 ? MdfLayers.Tail
        : MdfLayers.None;

    /// <summary>The last convolution that a choice of maps needs.</summary>
    public int Last(MdfLayers layers) => layers.HasFlag(MdfLayers.Tail) ? Count - 1 : layers.HasFlag(MdfLayers.Body) ? Count - 2 : 0;

    /// <summary>One convolution and what follows it.</summary>
    public Tensor Forward(int convolution, Tensor input)
    {
        (Tensor weight, Tensor bias) = convolutions[convolution];
        Tensor output = nn.functional.conv2d(input, weight, bias);
        return convolution < Count - 1 ? nn.functional.leaky_relu(output, MdfDiscriminator.NegativeSlope, inplace: true) : output;
    }

    /// <summary>The gradient with respect to a convolution's input, of that with respect to its output (before LeakyReLU).</summary>
    public Tensor Backward(int convolution, Tensor gradient) =>
        // From one channel to many, the flipped convolution is several times as fast as the transposed one.
        convolution == Count - 1
            ? nn.functional.conv2d(gradient, tailBackward, padding: FullPadding)
            : nn.functional.conv_transpose2d(gradient, convolutions[convolution].Weight);

    /// <summary>The chosen maps, in the order head, body, tail, with their graph if the images have one.</summary>
    public Tensor[] Features(Tensor images, MdfLayers layers)
    {
        using var scope = NewDisposeScope();
        var maps = new List<Tensor>(3);
        Tensor x = images;
        for (int i = 0; i <= Last(layers); i++)
        {
            x = Forward(i, x);
            if ((layers & MapAfter(i)) != MdfLayers.None)
            {
                maps.Add(x);
            }
        }

        scope.MoveToOuter(maps);
        return [.. maps];
    }

    /// <summary>A tensor in the layout the convolutions run best in.</summary>
    public Tensor Layout(Tensor tensor) => UsesChannelsLast ? tensor.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2) : tensor;

    public void Dispose()
    {
        foreach (Tensor weight in Weights)
        {
            weight.Dispose();
        }
    }
}

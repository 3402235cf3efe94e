using Mdf.Models.Adversarial;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// A frozen discriminator as plain convolutions: batch normalisation in evaluation mode is an affine map of each channel, and so is
/// taking images from [0, 1] to [-1, 1], so both are folded into the weights (exactly, as no convolution is padded).
/// </summary>
internal sealed class FoldedDiscriminator : IDisposable
{
    // All but the last are followed by LeakyReLU.
    private readonly (Tensor Weight, Tensor Bias)[] convolutions;

    private FoldedDiscriminator((Tensor Weight, Tensor Bias)[] convolutions)
    {
        this.convolutions = convolutions;
        foreach ((Tensor weight, Tensor bias) in convolutions)
        {
            weight.DetachFromDisposeScope();
            bias.DetachFromDisposeScope();
        }
    }

    internal IEnumerable<Tensor> Weights => convolutions.SelectMany(c => new[] { c.Weight, c.Bias });

    /// <summary>Folds in float64, on the CPU.</summary>
    public static FoldedDiscriminator Fold(MdfDiscriminator discriminator, MdfInputRange range, string argument)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var state = discriminator.state_dict().ToDictionary(t => t.Key, t => t.Value.detach().to(CPU).to(ScalarType.Float64).clone());
        foreach ((string name, Tensor tensor) in state)
        {
            if (!tensor.isfinite().all().item<bool>())
            {
                throw new ArgumentException($"The weights' '{name}' holds NaN or infinite values; expected finite ones.", argument);
            }
        }

        string[] blocks = ["head", .. Enumerable.Range(1, discriminator.BodyBlocks).Select(i => $"body.block{i}")];
        (Tensor Weight, Tensor Bias)[] convolutions = [.. blocks.Select(b => FoldNorm(state, b, argument)), (state["tail.weight"], state["tail.bias"])];
        convolutions[0] = FoldRange(convolutions[0], range);
        return new FoldedDiscriminator(convolutions);
    }

    /// <summary>A copy on another device and in another precision.</summary>
    public FoldedDiscriminator To(Device device, ScalarType precision)
    {
        using var scope = NewDisposeScope();
        return new FoldedDiscriminator([.. convolutions.Select(c => (c.Weight.to(precision, copy: true).to(device), c.Bias.to(precision, copy: true).to(device)))]);
    }

    /// <summary>The chosen maps, in the order head, body, tail.</summary>
    public Tensor[] Features(Tensor images, MdfLayers layers)
    {
        using var scope = NewDisposeScope();
        int last = layers.HasFlag(MdfLayers.Tail) ? convolutions.Length - 1 : layers.HasFlag(MdfLayers.Body) ? convolutions.Length - 2 : 0;
        var maps = new List<Tensor>(3);
        Tensor x = images;
        for (int i = 0; i <= last; i++)
        {
            x = nn.functional.conv2d(x, convolutions[i].Weight, convolutions[i].Bias);
            if (i < convolutions.Length - 1)
            {
                x = nn.functional.leaky_relu(x, MdfDiscriminator.NegativeSlope, inplace: true);
            }

            if ((layers & MapAfter(i)) != MdfLayers.None)
            {
                maps.Add(x);
            }
        }

        scope.MoveToOuter(maps);
        return [.. maps];
    }

    public void Dispose()
    {
        foreach ((Tensor weight, Tensor bias) in convolutions)
        {
            weight.Dispose();
            bias.Dispose();
        }
    }

    private MdfLayers MapAfter(int convolution) =>
        convolution == 0 ? MdfLayers.Head
        : convolution == convolutions.Length - 2 ? MdfLayers.Body
        : convolution == convolutions.Length - 1 ? MdfLayers.Tail
        : MdfLayers.None;

    private static (Tensor Weight, Tensor Bias) FoldNorm(Dictionary<string, Tensor> state, string block, string argument)
    {
        const double Epsilon = 1e-5;
        Tensor variance = state[$"{block}.norm.running_var"];
        if (variance.lt(0).any().item<bool>())
        {
            throw new ArgumentException($"The weights' '{block}.norm.running_var' holds negative values; expected variances.", argument);
        }

        Tensor scale = state[$"{block}.norm.weight"] / (variance + Epsilon).sqrt();
        return (state[$"{block}.conv.weight"] * scale.reshape(-1, 1, 1, 1),
                ((state[$"{block}.conv.bias"] - state[$"{block}.norm.running_mean"]) * scale) + state[$"{block}.norm.bias"]);
    }

    private static (Tensor Weight, Tensor Bias) FoldRange((Tensor Weight, Tensor Bias) convolution, MdfInputRange range) =>
        range == MdfInputRange.MinusOneToOne
            ? (convolution.Weight * 2, convolution.Bias - convolution.Weight.sum([1, 2, 3]))
            : convolution;
}

using Mdf.Guards;
using Mdf.Models.Adversarial;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Losses.Discriminators;

/// <summary>
/// Converts a discriminator into plain convolutions. Batch normalisation in evaluation mode and the mapping of images from [0, 1] to
/// [-1, 1] are affine, so both are folded into the weights and biases. Folding is exact because no convolution is padded.
/// </summary>
internal static class DiscriminatorFolding
{
    private const double Epsilon = 1e-5;

    /// <summary>Returns the folded convolutions in float64 on the CPU, in the caller's dispose scope.</summary>
    public static (Tensor Weight, Tensor Bias)[] Fold(MdfDiscriminator discriminator, MdfInputRange range, string argument)
    {
        using var noGradient = no_grad();
        var state = discriminator.state_dict().ToDictionary(t => t.Key, t => t.Value.detach().to(CPU).to(ScalarType.Float64).clone());
        WeightGuard.RequireFinite(state, argument);
        string[] blocks = ["head", .. Enumerable.Range(1, discriminator.BodyBlocks).Select(i => $"body.block{i}")];
        (Tensor Weight, Tensor Bias)[] convolutions =
            [.. blocks.Select(b => FoldNorm(state, b, argument)), (state["tail.weight"], state["tail.bias"])];
        convolutions[0] = FoldRange(convolutions[0], range);
        return convolutions;
    }

    private static (Tensor Weight, Tensor Bias) FoldNorm(Dictionary<string, Tensor> state, string block, string argument)
    {
        Tensor variance = state[$"{block}.norm.running_var"];
        if (variance.to(ScalarType.Float64).min().item<double>() < 0)
        {
            throw new ArgumentException($"The weights' '{block}.norm.running_var' holds negative values; expected variances.", argument);
        }

        Tensor scale = state[$"{block}.norm.weight"] / variance.Plus(Epsilon).sqrt();
        return (state[$"{block}.conv.weight"] * scale.reshape(-1, 1, 1, 1),
                ((state[$"{block}.conv.bias"] - state[$"{block}.norm.running_mean"]) * scale).Plus(state[$"{block}.norm.bias"]));
    }

    private static (Tensor Weight, Tensor Bias) FoldRange((Tensor Weight, Tensor Bias) convolution, MdfInputRange range) =>
        range == MdfInputRange.MinusOneToOne
            ? (convolution.Weight.Times(2), convolution.Bias - convolution.Weight.sum([1, 2, 3]))
            : convolution;
}

using Mdf.TorchCompatibility;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Training.Discriminators.Networks;

/// <summary>
/// A 3x3 convolution without padding and its gradients by hand. libtorch computes the gradient of a convolution's weights on a large map
/// several times slower than the convolution itself; as products of matrices it takes about as long.
/// </summary>
/// <param name="weight">The weights.</param>
/// <param name="bias">The bias.</param>
/// <param name="precision">
/// What products are computed in, their sums in float32; maps and gradients come and go in the parameters' own type.
/// </param>
internal sealed class TrainableConvolution(Parameter weight, Parameter bias, ScalarType precision) : IDisposable
{
    // With so few channels on one side, the nine taps are gathered first, and one product does it.
    private const int FewChannels = 4;

    private readonly Tensor gradient = zeros_like(weight).DetachFromDisposeScope();
    private readonly Tensor biasGradient = zeros_like(bias).DetachFromDisposeScope();
    private readonly Tensor computedBias = zeros_like(bias, precision).DetachFromDisposeScope();
    private Tensor? forwardWeight;
    private Tensor? backwardWeight;

    /// <summary>Forgets the gradient, and takes the weights as they are now.</summary>
    public void Begin()
    {
        using var scope = NewDisposeScope();
        Forget();
        gradient.zero_();
        biasGradient.zero_();
        Tensor computed = weight.detach().to(precision);
        computedBias.copy_(bias);
        forwardWeight = computed.WithChannelsLast().DetachFromDisposeScope();
        backwardWeight = computed.transpose(0, 1).flip(2, 3).WithChannelsLast().DetachFromDisposeScope();
    }

    /// <summary>Hands the gradients to the parameters.</summary>
    /// <param name="withBias">Whether the bias has one.</param>
    public void End(bool withBias)
    {
        weight.grad = gradient;
        bias.grad = withBias ? biasGradient : null;
    }

    public Tensor Forward(Tensor input) => Given(nn.functional.conv2d(Computed(input), forwardWeight!, computedBias));

    /// <summary>The same without the bias.</summary>
    public Tensor ForwardLinear(Tensor input) => Given(nn.functional.conv2d(Computed(input), forwardWeight!));

    /// <summary>The gradient with respect to the input, from that with respect to the output.</summary>
    public Tensor Backward(Tensor output) => Given(nn.functional.conv2d(Computed(output), backwardWeight!, padding: [2, 2]));

    /// <summary>Adds to the gradient of the bias.</summary>
    public void AddBiasGradient(Tensor output)
    {
        using var scope = NewDisposeScope();
        biasGradient.add_(output.sum([0, 2, 3]));
    }

    /// <summary>Adds to the gradient of the weights.</summary>
    /// <param name="input">The input.</param>
    /// <param name="output">The gradient with respect to the output.</param>
    public void AddWeightGradient(Tensor input, Tensor output)
    {
        using var scope = NewDisposeScope();
        (Tensor before, Tensor behind) = (Computed(input), Computed(output));
        gradient.add_(weight.shape[1] <= FewChannels ? FromGatheredInput(before, behind)
            : weight.shape[0] <= FewChannels ? FromGatheredOutput(before, behind)
            : TapByTap(before, behind));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Forget();
        gradient.Dispose();
        biasGradient.Dispose();
        computedBias.Dispose();
    }

    private Tensor Computed(Tensor map) => map.to(precision);

    private Tensor Given(Tensor map) => map.to(weight.dtype).WithChannelsLast();

    private static Tensor FromGatheredInput(Tensor input, Tensor output)
    {
        Tensor product = MapMatrix.Rows(output).t().matmul(MapMatrix.Unfolded(input));
        return product.view(output.shape[1], 3, 3, input.shape[1]).permute(0, 3, 1, 2);
    }

    // Each input position meets the outputs it contributes to, the farthest tap first.
    private static Tensor FromGatheredOutput(Tensor input, Tensor output)
    {
        Tensor padded = nn.functional.pad(output, [2, 2, 2, 2]).WithChannelsLast();
        Tensor product = MapMatrix.Rows(input).t().matmul(MapMatrix.Unfolded(padded));
        return product.view(input.shape[1], 3, 3, output.shape[1]).flip(1, 2).permute(3, 0, 1, 2);
    }

    // With the output's rows as long as the input's, every tap is the same rows of the input, further on. What was added is zero.
    private static Tensor TapByTap(Tensor input, Tensor output)
    {
        long width = input.shape[3], rows = (input.shape[0] * input.shape[2] * width) - (2 * width) - 2;
        Tensor before = MapMatrix.Rows(input);
        Tensor behind = nn.functional.pad(output.permute(0, 2, 3, 1), [0, 0, 0, 2, 0, 2]).view(-1, output.shape[1]).narrow(0, 0, rows);
        Tensor[] taps = new Tensor[9];
        for (int i = 0; i < taps.Length; i++)
        {
            taps[i] = before.narrow(0, (i / 3 * width) + (i % 3), rows).t().matmul(behind);
        }

        return stack(taps).view(3, 3, input.shape[1], output.shape[1]).permute(3, 2, 0, 1);
    }

    private void Forget()
    {
        forwardWeight?.Dispose();
        backwardWeight?.Dispose();
    }
}

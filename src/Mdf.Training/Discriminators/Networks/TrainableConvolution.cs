using Mdf.Models.Simd;
using Mdf.TorchCompatibility;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Training.Discriminators.Networks;

/// <summary>
/// A 3x3 convolution without padding with hand-written gradients. On large feature maps, libtorch's gradient of the weights is several
/// times slower than the convolution; as matrix products it takes about as long as the convolution. Kernels in C# compute what they can.
/// </summary>
/// <param name="weight">The weights, (outputs, inputs, 3, 3).</param>
/// <param name="bias">The bias, (outputs).</param>
/// <param name="precision">
/// Type of the multiplications, with sums in float32. Inputs, outputs and gradients have the parameters' own type.
/// </param>
/// <param name="usesKernels">Whether kernels in C# may compute the convolution.</param>
internal sealed class TrainableConvolution(Parameter weight, Parameter bias, ScalarType precision, bool usesKernels) : IDisposable
{
    // Up to this number of channels on one side, the nine taps are gathered into one matrix, so that one product suffices.
    private const int FewChannels = 4;

    private readonly Tensor gradient = zeros_like(weight).DetachFromDisposeScope();
    private readonly Tensor biasGradient = zeros_like(bias).DetachFromDisposeScope();
    private readonly Tensor computedBias = zeros_like(bias, precision).DetachFromDisposeScope();
    private readonly ITrainedConvolution? kernels =
        usesKernels && precision == weight.dtype ? TrainedConvolution.Create(weight.detach()) : null;

    private Tensor? forwardWeight;
    private Tensor? backwardWeight;

    /// <summary>Zeroes the gradients and takes over the current weights.</summary>
    public void Begin()
    {
        using var scope = NewDisposeScope();
        Forget();
        biasGradient.zero_();
        computedBias.copy_(bias);
        if (kernels is not null)
        {
            kernels.Begin(weight.detach());
            return;
        }

        gradient.zero_();
        Tensor computed = weight.detach().to(precision);
        forwardWeight = computed.WithChannelsLast().DetachFromDisposeScope();
        backwardWeight = computed.transpose(0, 1).flip(2, 3).WithChannelsLast().DetachFromDisposeScope();
    }

    /// <summary>Assigns the gradients to the parameters.</summary>
    /// <param name="withBias">Whether the bias has a gradient.</param>
    public void End(bool withBias)
    {
        kernels?.CopyGradientTo(gradient);
        weight.grad = gradient;
        bias.grad = withBias ? biasGradient : null;
    }

    public Tensor Forward(Tensor input) => kernels is not null
        ? kernels.Forward(input).add_(computedBias.view(1, -1, 1, 1))
        : Given(nn.functional.conv2d(Computed(input), forwardWeight!, computedBias));

    /// <summary>Applies the convolution without its bias.</summary>
    public Tensor ForwardLinear(Tensor input) => kernels?.Forward(input) ?? Given(nn.functional.conv2d(Computed(input), forwardWeight!));

    /// <summary>Returns the gradient with respect to the input, given the gradient with respect to the output.</summary>
    public Tensor Backward(Tensor output) => kernels?.Backward(output)
        ?? Given(nn.functional.conv2d(Computed(output), backwardWeight!, padding: [2, 2]));

    /// <summary>Adds to the gradient of the bias, given the gradient with respect to the output.</summary>
    public void AddBiasGradient(Tensor output)
    {
        using var scope = NewDisposeScope();
        biasGradient.Add(output.sum([0, 2, 3]));
    }

    /// <summary>Adds to the gradient of the weights.</summary>
    /// <param name="input">The convolution's input.</param>
    /// <param name="output">The gradient with respect to the convolution's output.</param>
    public void AddWeightGradient(Tensor input, Tensor output)
    {
        if (kernels is not null)
        {
            kernels.AddWeightGradient(input, output);
            return;
        }

        using var scope = NewDisposeScope();
        (Tensor before, Tensor behind) = (Computed(input), Computed(output));
        gradient.Add(weight.shape[1] <= FewChannels ? FromGatheredInput(before, behind)
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

    // Gathers the nine outputs that each input position contributes to; they come in reversed order of the kernel.
    private static Tensor FromGatheredOutput(Tensor input, Tensor output)
    {
        Tensor padded = nn.functional.pad(output, [2, 2, 2, 2]).WithChannelsLast();
        Tensor product = MapMatrix.Rows(input).t().matmul(MapMatrix.Unfolded(padded));
        return product.view(input.shape[1], 3, 3, output.shape[1]).flip(1, 2).permute(3, 0, 1, 2);
    }

    // Zero-pads the output's rows to the input's width. Then, for every tap, the matching input positions are the same range of rows of the
    // matrix, shifted by a constant, and no gathering is needed.
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

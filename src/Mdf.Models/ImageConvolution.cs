using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Models;

/// <summary>
/// The convolution that makes images of feature maps: one of few output channels that keeps the size, its input padded with zeros.
/// </summary>
/// <remarks>
/// On CPUs with AVX-512, libtorch 2.10 (oneDNN) computes the gradient of the input of such a convolution with memory that nobody wrote to:
/// now and then it is not finite. It does not where channels are innermost, and so the input is laid out like that when a gradient is
/// wanted. That is the faster layout too.
/// </remarks>
internal sealed class ImageConvolution : Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter? bias;
    private readonly long[] padding;

    /// <summary>A convolution whose weights are zero; the network gives it others.</summary>
    public ImageConvolution(int inputChannels, int outputChannels, int kernelSize = 3, bool bias = true)
        : base(nameof(ImageConvolution))
    {
        padding = [kernelSize / 2, kernelSize / 2];
        using var scope = NewDisposeScope();
        weight = new Parameter(zeros(outputChannels, inputChannels, kernelSize, kernelSize));
        scope.Detach(weight);
        if (bias)
        {
            this.bias = new Parameter(zeros(outputChannels));
            scope.Detach(this.bias);
        }

        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor seen = input.requires_grad ? input.WithChannelsLast() : input;
        return functional.conv2d(seen, weight, bias, padding: padding).contiguous().MoveToOuterDisposeScope();
    }
}

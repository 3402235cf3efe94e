using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.TorchCompatibility;

/// <summary>Convolution from feature maps to an image: few output channels, stride 1, zero padding that keeps the size.</summary>
/// <remarks>
/// On CPUs with AVX-512, libtorch 2.10 (oneDNN) computes the input gradient of such a convolution from uninitialised memory, which is NaN
/// now
/// and then. With a channels-last input it does not, so the input is laid out that way when a gradient is wanted.
/// </remarks>
internal sealed class ImageConvolution : Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter? bias;
    private readonly long[] padding;

    /// <summary>Creates a convolution with zero weights; the network that owns it initialises them.</summary>
    public ImageConvolution(int inputChannels, int outputChannels, int kernelSize = 3, bool bias = true)
        : base(nameof(ImageConvolution))
    {
        padding = [kernelSize / 2, kernelSize / 2];
        using var scope = NewDisposeScope();
        using var mode = InferenceMode.Leave();
        weight = new Parameter(zeros([outputChannels, inputChannels, kernelSize, kernelSize], ScalarType.Float32, CPU));
        scope.Detach(weight);
        if (bias)
        {
            this.bias = new Parameter(zeros([outputChannels], ScalarType.Float32, CPU));
            scope.Detach(this.bias);
        }

        RegisterComponents();
    }

    /// <summary>Weights, (out, in, kernel, kernel).</summary>
    public Parameter Weight => weight;

    /// <summary>One value per output channel; null for none.</summary>
    public Parameter? Bias => bias;

    /// <summary>Rows and columns of zeros on each side.</summary>
    public int Padding => (int)padding[0];

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor laidOut = input.requires_grad ? input.WithChannelsLast() : input;
        return functional.conv2d(laidOut, weight, bias, padding: padding).contiguous().MoveToOuterDisposeScope();
    }
}

using Mdf.TorchCompatibility;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Models;

/// <summary>Building blocks that several networks share.</summary>
internal static class Layers
{
    /// <summary>Creates a convolution in float32 on the CPU, by default with zero padding that keeps height and width.</summary>
    public static Conv2d Convolution(
        int inputChannels, int outputChannels, int kernelSize = 3, bool bias = true, int? padding = null, int stride = 1)
    {
        using var mode = InferenceMode.Leave();
        return nn.Conv2d(
            inputChannels,
            outputChannels,
            kernelSize,
            stride,
            padding ?? (kernelSize / 2),
            bias: bias,
            device: CPU,
            dtype: ScalarType.Float32);
    }

    /// <summary>Creates a PReLU with one slope for all channels in float32 on the CPU.</summary>
    public static PReLU ParametricRelu()
    {
        using var mode = InferenceMode.Leave();
        return nn.PReLU(1, device: CPU, dtype: ScalarType.Float32);
    }

    /// <summary>Creates a linear layer in float32 on the CPU.</summary>
    public static Linear Linear(int inputs, int outputs)
    {
        using var mode = InferenceMode.Leave();
        return nn.Linear(inputs, outputs, device: CPU, dtype: ScalarType.Float32);
    }

    /// <summary>Returns the number of weights and biases of a convolution.</summary>
    public static long ConvolutionParameters(long inputChannels, long outputChannels, long kernelSize = 3, bool bias = true)
        => (inputChannels * outputChannels * kernelSize * kernelSize) + (bias ? outputChannels : 0);

    /// <summary>Returns the upscaling factors of the successive sub-pixel convolutions (Shi et al. 2016).</summary>
    public static IReadOnlyList<int> UpscalingSteps(int scale) => scale == 4 ? [2, 2] : [scale];

    /// <summary>
    /// Returns the receptive radius of the upscaling stage in pixels of the small image: a 3 x 3 convolution before each step, and a last
    /// convolution after all steps.
    /// </summary>
    public static double UpscalingReach(int scale, int lastKernelSize)
    {
        double reach = 0, factor = 1;
        foreach (int step in UpscalingSteps(scale))
        {
            reach += 1 / factor;
            factor *= step;
        }

        return reach + (lastKernelSize / 2 / factor);
    }

    /// <summary>Returns the weights of the convolution that takes a gradient from a stride-1 convolution's output to its input.</summary>
    /// <param name="weight">The convolution's weights, (out, in, kernel, kernel).</param>
    public static Tensor Flipped(Tensor weight) => weight.transpose(0, 1).flip(2, 3);
}

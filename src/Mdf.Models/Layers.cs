using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Models;

/// <summary>Layers that several networks are made of.</summary>
internal static class Layers
{
    /// <summary>A convolution that keeps the size, its input padded with zeros.</summary>
    public static Conv2d Convolution(int inputChannels, int outputChannels, int kernelSize = 3, bool bias = true)
        => nn.Conv2d(inputChannels, outputChannels, kernelSize, padding: kernelSize / 2, bias: bias);

    /// <summary>The weights and biases of such a convolution.</summary>
    public static long ConvolutionParameters(long inputChannels, long outputChannels, long kernelSize = 3, bool bias = true)
        => (inputChannels * outputChannels * kernelSize * kernelSize) + (bias ? outputChannels : 0);

    /// <summary>The factors by which networks enlarge one after the other, by sub-pixel convolution (Shi et al. 2016).</summary>
    public static IReadOnlyList<int> UpscalingSteps(int scale) => scale == 4 ? [2, 2] : [scale];

    /// <summary>
    /// How far, in pixels of the small image, a convolution of 3 x 3 pixels before each step and a last one after all of them look.
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

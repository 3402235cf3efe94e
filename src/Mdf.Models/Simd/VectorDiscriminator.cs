using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Mdf.Models.Adversarial;
using static TorchSharp.torch;

namespace Mdf.Models.Simd;

/// <summary>
/// A frozen discriminator in float32 for CPUs with AVX2 or AVX-512. It uses this folder's convolutions instead of libtorch's and processes
/// one image at a time, without tensors.
/// </summary>
internal sealed class VectorDiscriminator
{
    /// <summary>Zero margin that the gradient of the last convolution's output must have on each side.</summary>
    public const int TailMargin = FullPadding;

    // A 3 x 3 convolution without padding shrinks each side by 2; its gradient is a convolution with padding 2.
    private const int Shrink = 2, FullPadding = 2;

    private readonly PatchConvolution head;
    private readonly PatchConvolution tailBack;
    private readonly DotConvolution tail;
    private readonly DotConvolution headBack;
    private readonly WinogradConvolution[] body;
    private readonly WinogradConvolution[] bodyBack;
    private readonly float[][] biases;

    /// <summary>Copies the weights.</summary>
    /// <param name="convolutions">The folded convolutions, float64, for which <see cref="Fits"/> returns true.</param>
    public VectorDiscriminator((Tensor Weight, Tensor Bias)[] convolutions)
    {
        using var scope = NewDisposeScope();
        ((Tensor first, _), (Tensor last, Tensor lastBias)) = (convolutions[0], convolutions[^1]);
        (Tensor Weight, Tensor Bias)[] between = convolutions[1..^1];
        (head, headBack) = (new PatchConvolution(first), new DotConvolution(Layers.Flipped(first), bias: null));
        (tail, tailBack) = (new DotConvolution(last, lastBias), new PatchConvolution(Layers.Flipped(last)));
        body = [.. between.Select(c => new WinogradConvolution(c.Weight))];
        bodyBack = [.. between.Select(c => new WinogradConvolution(Layers.Flipped(c.Weight)))];
        biases = [.. convolutions[..^1].Select(c => c.Bias.to(ScalarType.Float32).data<float>().ToArray())];
    }

    /// <summary>Whether the processor supports AVX2 with fused multiply-add, which AVX-512 includes.</summary>
    public static bool IsSupported => Vector256.IsHardwareAccelerated && Fma.IsSupported;

    /// <summary>Number of convolutions.</summary>
    public int Count => body.Length + 2;

    /// <summary>
    /// Returns whether the processor supports the kernels and every layer but the last has a multiple of
    /// <see cref="MatrixProduct.Columns"/> channels.
    /// </summary>
    public static bool Fits((Tensor Weight, Tensor Bias)[] convolutions) =>
        IsSupported && convolutions[..^1].All(c => c.Weight.shape[0] % MatrixProduct.Columns == 0);

    /// <summary>Returns the shape of a convolution's output for an image of the given size.</summary>
    public (int Rows, int Columns, int Channels) ShapeAfter(int convolution, int rows, int columns)
    {
        int shrink = Shrink * (convolution + 1);
        return (rows - shrink, columns - shrink, convolution == Count - 1 ? 1 : biases[convolution].Length);
    }

    /// <summary>Applies one convolution and, except after the last, LeakyReLU.</summary>
    public unsafe void Forward(int convolution, FeatureMap input, FeatureMap output)
    {
        if (convolution == Count - 1)
        {
            tail.Run(input, default, output);
            return;
        }

        fixed (float* bias = biases[convolution])
        {
            var activation = new Activation(output.Start, bias, (float)MdfDiscriminator.NegativeSlope);
            if (convolution == 0)
            {
                head.Run(input, activation);
            }
            else
            {
                body[convolution - 1].Run(input, default, activation);
            }
        }
    }

    /// <summary>Propagates the gradient through a convolution other than the first and through the LeakyReLU in front of it.</summary>
    /// <param name="convolution">Index of the convolution, at least 1.</param>
    /// <param name="gradient">
    /// Gradient with respect to the convolution's output; for the last convolution with <see cref="TailMargin"/> zeros on each side.
    /// </param>
    /// <param name="activation">Epilogue for the LeakyReLU in front of the convolution; it stores the result.</param>
    public void Backward(int convolution, FeatureMap gradient, ActivationGradient activation)
    {
        if (convolution == Count - 1)
        {
            tailBack.Run(gradient, activation);
        }
        else
        {
            bodyBack[convolution - 1].Run(gradient, new Margins(FullPadding), activation);
        }
    }

    /// <summary>Propagates the gradient through the first convolution to the image.</summary>
    public void BackwardToImage(FeatureMap gradient, FeatureMap image) => headBack.Run(gradient, new Margins(FullPadding), image);
}

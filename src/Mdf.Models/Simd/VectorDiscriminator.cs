using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Mdf.Models.Adversarial;
using static TorchSharp.torch;

namespace Mdf.Models.Simd;

/// <summary>A frozen discriminator on a CPU with AVX2 or AVX-512, in float32, by convolutions of our own: one image at a time, without tensors.</summary>
internal sealed class VectorDiscriminator
{
    /// <summary>The zeros around the last convolution's gradient.</summary>
    public const int TailMargin = FullPadding;

    // The taps beyond the middle one, on both sides; the zeros on each side of a gradient on its way back.
    private const int Shrink = 2, FullPadding = 2;

    private readonly PatchConvolution head;
    private readonly PatchConvolution tailBack;
    private readonly DotConvolution tail;
    private readonly DotConvolution headBack;
    private readonly WinogradConvolution[] body;
    private readonly WinogradConvolution[] bodyBack;
    private readonly float[][] biases;

    /// <summary>Takes copies of the weights.</summary>
    /// <param name="convolutions">The convolutions, float64, which fit (<see cref="Fits"/>).</param>
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

    /// <summary>Whether the processor has what it takes: AVX2, or better AVX-512.</summary>
    public static bool IsSupported => Vector256.IsHardwareAccelerated && Fma.IsSupported;

    /// <summary>The convolutions.</summary>
    public int Count => body.Length + 2;

    /// <summary>Whether the processor has what it takes, and the channels are as many as fill its registers.</summary>
    public static bool Fits((Tensor Weight, Tensor Bias)[] convolutions) =>
        IsSupported && convolutions[..^1].All(c => c.Weight.shape[0] % MatrixProduct.Columns == 0);

    /// <summary>The shape of what follows a convolution, of an image.</summary>
    public (int Rows, int Columns, int Channels) ShapeAfter(int convolution, int rows, int columns)
    {
        int shrink = Shrink * (convolution + 1);
        return (rows - shrink, columns - shrink, convolution == Count - 1 ? 1 : biases[convolution].Length);
    }

    /// <summary>One convolution and what follows it.</summary>
    public unsafe void Forward(int convolution, FeatureMap input, FeatureMap output)
    {
        if (convolution == Count - 1)
        {
            tail.Run(input, padding: 0, output);
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
                body[convolution - 1].Run(input, padding: 0, activation);
            }
        }
    }

    /// <summary>The way back through a convolution other than the first.</summary>
    /// <param name="convolution">The convolution.</param>
    /// <param name="gradient">With respect to its output; of the last one, with <see cref="TailMargin"/> zeros on each side.</param>
    /// <param name="activation">The way back through what precedes it.</param>
    public void Backward(int convolution, FeatureMap gradient, ActivationGradient activation)
    {
        if (convolution == Count - 1)
        {
            tailBack.Run(gradient, activation);
        }
        else
        {
            bodyBack[convolution - 1].Run(gradient, FullPadding, activation);
        }
    }

    /// <summary>The way back through the first convolution.</summary>
    public void BackwardToImage(FeatureMap gradient, FeatureMap image) => headBack.Run(gradient, FullPadding, image);
}

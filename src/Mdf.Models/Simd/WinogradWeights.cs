using System.Runtime.CompilerServices;
using Lane16 = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>Transforms the weights of a <see cref="WinogradConvolution"/> that change often, and the gradients of them.</summary>
internal static unsafe class WinogradWeights
{
    private const int Lane = MatrixProduct.Lane, Taps = 3, Side = 6;

    /// <summary>Transforms weights: nine taps to 36 points.</summary>
    /// <param name="taps">(kernel row, kernel column, input channel, output channel), contiguous.</param>
    /// <param name="inputs">Number of input channels.</param>
    /// <param name="outputs">Number of output channels, a multiple of 16.</param>
    /// <param name="weights">Receives a matrix (input channel, output channel) in panels for each point.</param>
    [MethodImpl(MatrixProduct.Kernel)]
    public static void Transform(float* taps, int inputs, int outputs, float* weights)
    {
        float* small = stackalloc float[(Side * Taps * Lane) + Lane];
        small = Aligned(small);
        long plane = (long)inputs * outputs;
        for (int output = 0; output < outputs; output += Lane)
        {
            for (int input = 0; input < inputs; input++)
            {
                // Columns become columns of six, and then rows become rows of six.
                float* from = taps + ((long)input * outputs) + output;
                for (int x = 0; x < Taps; x++)
                {
                    WinogradTransforms.Kernel(from + (x * plane), Taps * plane, small + (x * Lane), Taps * Lane);
                }

                float* to = weights + ((long)output * inputs) + (input * Lane);
                for (int y = 0; y < Side; y++)
                {
                    WinogradTransforms.Kernel(small + (y * Taps * Lane), Lane, to + (y * Side * plane), plane);
                }
            }
        }
    }

    /// <summary>Transforms gradients back: 36 points to nine taps.</summary>
    /// <param name="sums">A matrix (input channel, output channel), row by row, for each point.</param>
    /// <param name="inputs">Number of input channels.</param>
    /// <param name="outputs">Number of output channels, a multiple of 16.</param>
    /// <param name="taps">Receives (kernel row, kernel column, input channel, output channel).</param>
    [MethodImpl(MatrixProduct.Kernel)]
    public static void TransformBack(float* sums, int inputs, int outputs, float* taps)
    {
        float* small = stackalloc float[(Side * Taps * Lane) + Lane];
        small = Aligned(small);
        long plane = (long)inputs * outputs;
        for (long offset = 0; offset < plane; offset += Lane)
        {
            for (int x = 0; x < Side; x++)
            {
                WinogradTransforms.KernelGradient(sums + offset + (x * plane), Side * plane, small + (x * Lane), Side * Lane);
            }

            for (int y = 0; y < Taps; y++)
            {
                WinogradTransforms.KernelGradient(small + (y * Side * Lane), Lane, taps + offset + (y * Taps * plane), plane);
            }
        }
    }

    private static float* Aligned(float* memory) => (float*)(((nint)memory + sizeof(Lane16) - 1) & -sizeof(Lane16));
}

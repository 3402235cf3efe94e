using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>
/// A convolution with an odd square kernel from many channels to few, in float32. Each output is the dot product of an input patch and the
/// weights.
/// </summary>
internal sealed unsafe class DotConvolution
{
    private const int Together = 8;

    // [output channel][kernel row][kernel column][input channel]
    private readonly float[] weights;
    private readonly float[] bias;
    private readonly int inputs;
    private readonly int kernel;
    private readonly int outputs;

    /// <summary>Copies the weights.</summary>
    /// <param name="weight">
    /// (outputs, inputs, kernel, kernel), float64; inputs must be a multiple of <see cref="MatrixProduct.Lane"/>.
    /// </param>
    /// <param name="bias">(outputs), float64; null for no bias.</param>
    public DotConvolution(Tensor weight, Tensor? bias)
    {
        (outputs, inputs, kernel) = ((int)weight.shape[0], (int)weight.shape[1], (int)weight.shape[2]);
        (weights, this.bias) = (new float[weight.numel()], new float[outputs]);
        Set(weight, bias);
    }

    /// <summary>Replaces the weights by others of the same shape.</summary>
    public void Set(Tensor weight, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        Tensor taps = weight.permute(0, 2, 3, 1).contiguous().to(ScalarType.Float32);
        MemoryMarshal.Cast<byte, float>(taps.bytes).CopyTo(weights);
        if (bias is not null)
        {
            MemoryMarshal.Cast<byte, float>(bias.to(ScalarType.Float32).contiguous().bytes).CopyTo(this.bias);
        }
    }

    /// <summary>Convolves a map.</summary>
    /// <param name="source">The input map.</param>
    /// <param name="margins">Zero padding at the top and at the left.</param>
    /// <param name="target">The output map.</param>
    public void Run(FeatureMap source, Margins margins, FeatureMap target) => Blocks.Run(target.Rows, blocks =>
    {
        fixed (float* taps = weights)
        {
            while (blocks.Take(out int row))
            {
                for (int output = 0; output < outputs; output++)
                {
                    RunRow(
                        source,
                        margins,
                        row,
                        taps + ((long)output * kernel * kernel * inputs),
                        bias[output],
                        target.At(row, 0) + output,
                        target.Columns);
                }
            }
        }
    });

    // Computes one output channel of one row.
    [MethodImpl(MatrixProduct.Kernel)]
    private void RunRow(FeatureMap source, Margins margins, int row, float* taps, float shift, float* to, int columns)
    {
        // Kernel rows over the zero padding contribute nothing and are skipped.
        int padding = margins.Left, firstTap = Math.Max(0, margins.Top - row);
        int rows = Math.Min(kernel, source.Rows + margins.Top - row) - firstTap;
        float* from = source.At(row - margins.Top + firstTap, 0), ofRows = taps + (firstTap * kernel * inputs);
        int whole = source.Columns - kernel + 1 + padding;
        for (int column = 0; column < columns;)
        {
            if (column >= padding && column + Together <= whole)
            {
                Eight(from + ((long)(column - padding) * inputs), source.RowStride, ofRows, rows, shift, to + ((long)column * outputs));
                column += Together;
            }
            else
            {
                int left = Math.Max(0, padding - column), right = Math.Min(kernel, source.Columns + padding - column);
                to[(long)column * outputs] = shift + One(
                    from + ((long)(column - padding + left) * inputs),
                    source.RowStride,
                    ofRows + (left * inputs),
                    rows,
                    (right - left) * inputs);
                column++;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float One(float* from, long stride, float* taps, int rows, int length)
    {
        Lanes sum = Lanes.Zero;
        for (int row = 0; row < rows; row++, from += stride, taps += kernel * inputs)
        {
            for (int i = 0; i < length; i += MatrixProduct.Lane)
            {
                sum = Vector512.FusedMultiplyAdd(Vector512.Load(from + i), Vector512.Load(taps + i), sum);
            }
        }

        return Vector512.Sum(sum);
    }

    // Computes eight neighbouring outputs. Eight independent sums hide the latency of fused multiply-add, and share each load of a weight.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Eight(float* from, long stride, float* taps, int rows, float shift, float* to)
    {
        Lanes a = Lanes.Zero, b = a, c = a, d = a, e = a, f = a, g = a, h = a;
        long one = inputs, two = 2 * one, three = 3 * one, length = kernel * one;
        for (int row = 0; row < rows; row++, from += stride)
        {
            float* x = from, y = from + (4 * one);
            for (float* end = x + length; x < end; x += MatrixProduct.Lane, y += MatrixProduct.Lane, taps += MatrixProduct.Lane)
            {
                Lanes tap = Vector512.Load(taps);
                a = Vector512.FusedMultiplyAdd(Vector512.Load(x), tap, a);
                b = Vector512.FusedMultiplyAdd(Vector512.Load(x + one), tap, b);
                c = Vector512.FusedMultiplyAdd(Vector512.Load(x + two), tap, c);
                d = Vector512.FusedMultiplyAdd(Vector512.Load(x + three), tap, d);
                e = Vector512.FusedMultiplyAdd(Vector512.Load(y), tap, e);
                f = Vector512.FusedMultiplyAdd(Vector512.Load(y + one), tap, f);
                g = Vector512.FusedMultiplyAdd(Vector512.Load(y + two), tap, g);
                h = Vector512.FusedMultiplyAdd(Vector512.Load(y + three), tap, h);
            }
        }

        to[0] = shift + Vector512.Sum(a);
        to[outputs] = shift + Vector512.Sum(b);
        to[2 * outputs] = shift + Vector512.Sum(c);
        to[3 * outputs] = shift + Vector512.Sum(d);
        to[4 * outputs] = shift + Vector512.Sum(e);
        to[5 * outputs] = shift + Vector512.Sum(f);
        to[6 * outputs] = shift + Vector512.Sum(g);
        to[7 * outputs] = shift + Vector512.Sum(h);
    }
}

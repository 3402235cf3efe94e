using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

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
    public void Run(FeatureMap source, Margins margins, FeatureMap target) =>
        Run(source, margins, target, Vector512.IsHardwareAccelerated);

    /// <summary>Convolves a map with registers of 512 or of 256 bits.</summary>
    /// <inheritdoc cref="Run(FeatureMap, Margins, FeatureMap)"/>
    public void Run(FeatureMap source, Margins margins, FeatureMap target, bool is512) => Blocks.Run(target.Rows, blocks =>
    {
        fixed (float* taps = weights)
        {
            while (blocks.Take(out int row))
            {
                for (int output = 0; output < outputs; output++)
                {
                    float* ofOutput = taps + ((long)output * kernel * kernel * inputs), to = target.At(row, 0) + output;
                    if (is512)
                    {
                        RunRow<WideVector>(source, margins, row, ofOutput, bias[output], to, target.Columns);
                    }
                    else
                    {
                        RunRow<NarrowVector>(source, margins, row, ofOutput, bias[output], to, target.Columns);
                    }
                }
            }
        }
    });

    // Computes one output channel of one row.
    [MethodImpl(MatrixProduct.Kernel)]
    private void RunRow<TVector>(FeatureMap source, Margins margins, int row, float* taps, float shift, float* to, int columns)
        where TVector : struct, IVector<TVector>
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
                Eight<TVector>(
                    from + ((long)(column - padding) * inputs), source.RowStride, ofRows, rows, shift, to + ((long)column * outputs));
                column += Together;
            }
            else
            {
                int left = Math.Max(0, padding - column), right = Math.Min(kernel, source.Columns + padding - column);
                to[(long)column * outputs] = shift + One<TVector>(
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
    private float One<TVector>(float* from, long stride, float* taps, int rows, int length)
        where TVector : struct, IVector<TVector>
    {
        TVector sum = default;
        for (int row = 0; row < rows; row++, from += stride, taps += kernel * inputs)
        {
            for (int i = 0; i < length; i += TVector.Count)
            {
                TVector.Add(ref sum, TVector.Load(from + i), TVector.Load(taps + i));
            }
        }

        return TVector.Sum(sum);
    }

    // Computes eight neighbouring outputs. Eight independent sums hide the latency of fused multiply-add.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Eight<TVector>(float* from, long stride, float* taps, int rows, float shift, float* to)
        where TVector : struct, IVector<TVector>
    {
        TVector a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        long one = inputs, two = 2 * one, three = 3 * one;
        for (int row = 0; row < rows; row++, from += stride)
        {
            float* x = from;
            int tap = 0;

            // Three taps at once: most pixels are loaded for three outputs.
            for (; tap + 3 <= kernel; tap += 3, x += two, taps += two)
            {
                float* y = x + (4 * one), z = y + (4 * one);
                for (float* end = x + one; x < end; x += TVector.Count, y += TVector.Count, z += TVector.Count, taps += TVector.Count)
                {
                    TVector first = TVector.Load(taps), second = TVector.Load(taps + one), third = TVector.Load(taps + two);
                    TVector pixel = TVector.Load(x);
                    TVector.Add(ref a, pixel, first);
                    pixel = TVector.Load(x + one);
                    TVector.Add(ref a, pixel, second);
                    TVector.Add(ref b, pixel, first);
                    pixel = TVector.Load(x + two);
                    TVector.Add(ref a, pixel, third);
                    TVector.Add(ref b, pixel, second);
                    TVector.Add(ref c, pixel, first);
                    pixel = TVector.Load(x + three);
                    TVector.Add(ref b, pixel, third);
                    TVector.Add(ref c, pixel, second);
                    TVector.Add(ref d, pixel, first);
                    pixel = TVector.Load(y);
                    TVector.Add(ref c, pixel, third);
                    TVector.Add(ref d, pixel, second);
                    TVector.Add(ref e, pixel, first);
                    pixel = TVector.Load(y + one);
                    TVector.Add(ref d, pixel, third);
                    TVector.Add(ref e, pixel, second);
                    TVector.Add(ref f, pixel, first);
                    pixel = TVector.Load(y + two);
                    TVector.Add(ref e, pixel, third);
                    TVector.Add(ref f, pixel, second);
                    TVector.Add(ref g, pixel, first);
                    pixel = TVector.Load(y + three);
                    TVector.Add(ref f, pixel, third);
                    TVector.Add(ref g, pixel, second);
                    TVector.Add(ref h, pixel, first);
                    pixel = TVector.Load(z);
                    TVector.Add(ref g, pixel, third);
                    TVector.Add(ref h, pixel, second);
                    TVector.Add(ref h, TVector.Load(z + one), third);
                }
            }

            for (; tap < kernel; tap++)
            {
                float* y = x + (4 * one);
                for (float* end = x + one; x < end; x += TVector.Count, y += TVector.Count, taps += TVector.Count)
                {
                    TVector only = TVector.Load(taps);
                    TVector.Add(ref a, TVector.Load(x), only);
                    TVector.Add(ref b, TVector.Load(x + one), only);
                    TVector.Add(ref c, TVector.Load(x + two), only);
                    TVector.Add(ref d, TVector.Load(x + three), only);
                    TVector.Add(ref e, TVector.Load(y), only);
                    TVector.Add(ref f, TVector.Load(y + one), only);
                    TVector.Add(ref g, TVector.Load(y + two), only);
                    TVector.Add(ref h, TVector.Load(y + three), only);
                }
            }
        }

        to[0] = shift + TVector.Sum(a);
        to[outputs] = shift + TVector.Sum(b);
        to[2 * outputs] = shift + TVector.Sum(c);
        to[3 * outputs] = shift + TVector.Sum(d);
        to[4 * outputs] = shift + TVector.Sum(e);
        to[5 * outputs] = shift + TVector.Sum(f);
        to[6 * outputs] = shift + TVector.Sum(g);
        to[7 * outputs] = shift + TVector.Sum(h);
    }
}

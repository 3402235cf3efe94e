using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Mdf.Models.Simd;

/// <summary>
/// A convolution with a square kernel from few channels to many, without padding, in float32. It copies the input patches into a matrix
/// (im2col) and multiplies this matrix by the weights.
/// </summary>
internal sealed unsafe class PatchConvolution
{
    private const int PixelsOfBlock = 4 * MatrixProduct.Rows;

    // A matrix (kernel row, kernel column, input channel; output channel) in panels.
    private readonly float[] weights;
    private readonly int inputs;
    private readonly int kernel;
    private readonly int outputs;

    /// <summary>Copies the weights.</summary>
    /// <param name="weight">
    /// (outputs, inputs, kernel, kernel), float64; outputs must be a multiple of <see cref="MatrixProduct.Columns"/>.
    /// </param>
    public PatchConvolution(Tensor weight)
    {
        (outputs, inputs, kernel) = ((int)weight.shape[0], (int)weight.shape[1], (int)weight.shape[2]);
        weights = new float[weight.numel()];
        Set(weight);
    }

    /// <summary>Replaces the weights by others of the same shape.</summary>
    public void Set(Tensor weight)
    {
        using var scope = NewDisposeScope();
        Tensor panels = MatrixProduct.Panels(weight.permute(2, 3, 1, 0).flatten(0, 2).unsqueeze(0));
        MemoryMarshal.Cast<byte, float>(panels.bytes).CopyTo(weights);
    }

    // Number of values in one row of a patch.
    private int Line => kernel * inputs;

    private int Patch => kernel * Line;

    /// <summary>Convolves a map and passes the outputs to an epilogue.</summary>
    public void Run<TEpilogue>(FeatureMap source, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue
    {
        int pixels = (source.Rows - kernel + 1) * (source.Columns - kernel + 1);
        Blocks.Run((pixels + PixelsOfBlock - 1) / PixelsOfBlock, blocks =>
        {
            // One extra vector, because CopyPatches copies whole vectors and may write past the last patch.
            int ofPatches = (PixelsOfBlock * Patch) + MatrixProduct.Lane;
            using var scratch = new Scratch(ofPatches + (PixelsOfBlock * outputs));
            float* patches = scratch.Start, products = patches + ofPatches;
            fixed (float* matrix = weights)
            {
                while (blocks.Take(out int block))
                {
                    int first = block * PixelsOfBlock, count = Math.Min(PixelsOfBlock, pixels - first);
                    CopyPatches(source, first, count, patches);
                    MatrixProduct.Multiply(patches, matrix, products, MatrixProduct.RoundedUp(count), Patch, outputs);
                    Finish(products, source.Columns - kernel + 1, first, count, epilogue);
                }
            }
        });
    }

    [MethodImpl(MatrixProduct.Kernel)]
    private void CopyPatches(FeatureMap source, int first, int count, float* patches)
    {
        // Copying a whole vector is faster than copying the exact length. The next line overwrites the excess values. Near the end of the
        // map a whole vector would read past the memory, so there the exact length is copied.
        float* last = source.At(source.Rows - 1, source.Columns) - MatrixProduct.Lane;
        (int row, int column) = Math.DivRem(first, source.Columns - kernel + 1);
        int line = Line;
        for (int i = 0; i < count; i++)
        {
            for (int tap = 0; tap < kernel; tap++, patches += line)
            {
                float* from = source.At(row + tap, column);
                if (from <= last && line <= MatrixProduct.Lane)
                {
                    Vector512.Load(from).Store(patches);
                }
                else
                {
                    new ReadOnlySpan<float>(from, line).CopyTo(new Span<float>(patches, line));
                }
            }

            if (++column > source.Columns - kernel)
            {
                (row, column) = (row + 1, 0);
            }
        }

        new Span<float>(patches, (MatrixProduct.RoundedUp(count) - count) * Patch).Clear();
    }

    [MethodImpl(MatrixProduct.Kernel)]
    private void Finish<TEpilogue>(float* products, int columns, int first, int count, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue
    {
        (int row, int column) = Math.DivRem(first, columns);
        long offset = (long)first * outputs;
        for (int i = 0; i < count; i++)
        {
            for (int channel = 0;
                channel < outputs;
                channel += MatrixProduct.Lane, products += MatrixProduct.Lane, offset += MatrixProduct.Lane)
            {
                epilogue.Store(Vector512.Load(products), offset, row, column, channel);
            }

            if (++column == columns)
            {
                (row, column) = (row + 1, 0);
            }
        }
    }
}

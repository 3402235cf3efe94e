using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Mdf.Models.Simd;

/// <summary>
/// The gradient of the weights between a map of few channels and one of many: the patches of 3 x 3 positions of the first as a matrix,
/// transposed, times the second.
/// </summary>
/// <remarks>
/// Each block of positions has sums of its own, which are added in order, so the result does not depend on the number of threads.
/// </remarks>
internal sealed unsafe class PatchWeightGradient
{
    private const int Lane = MatrixProduct.Lane, Kernel = 3;

    // Number of positions of a block, and of those whose patches are multiplied at once.
    private const int PositionsOfBlock = 2048, PositionsAtOnce = 128;

    // [kernel row, kernel column, channel of few][channel of many], and then rows of zeros up to a whole panel.
    private readonly double[] sums;
    private readonly int few;
    private readonly int many;
    private readonly int patch;
    private readonly int rows;

    /// <summary>Creates a gradient of zero.</summary>
    /// <param name="few">Number of channels of the first map.</param>
    /// <param name="many">Number of channels of the second map, a multiple of <see cref="MatrixProduct.Columns"/>.</param>
    public PatchWeightGradient(int few, int many)
    {
        (this.few, this.many, patch) = (few, many, Kernel * Kernel * few);
        rows = (patch + Lane - 1) / Lane * Lane;
        sums = new double[rows * many];
    }

    /// <summary>Sets the gradient to zero.</summary>
    public void Clear() => Array.Clear(sums);

    /// <summary>Adds the gradient of an image.</summary>
    /// <param name="source">The map of few channels.</param>
    /// <param name="wide">The map of many channels, two rows and two columns smaller.</param>
    public void Add(FeatureMap source, FeatureMap wide) => Add(source, wide, KernelChoice.Current.Bits == 512);

    /// <summary>Adds by the kernel for 512 or for 256 bits.</summary>
    /// <inheritdoc cref="Add(FeatureMap, FeatureMap)"/>
    public void Add(FeatureMap source, FeatureMap wide, bool is512)
    {
        int positions = wide.Rows * wide.Columns, count = (positions + PositionsOfBlock - 1) / PositionsOfBlock, length = rows * many;
        using var products = new Scratch((long)count * length);
        float* all = products.Start;
        Blocks.Run(count, blocks =>
        {
            int ofPatches = PositionsAtOnce * rows;
            using var scratch = new Scratch(ofPatches + (PositionsAtOnce * many));
            float* patches = scratch.Start, panels = patches + ofPatches;
            while (blocks.Take(out int block))
            {
                int end = Math.Min(positions, (block + 1) * PositionsOfBlock);
                for (int first = block * PositionsOfBlock; first < end; first += PositionsAtOnce)
                {
                    int now = Math.Min(PositionsAtOnce, end - first);
                    CopyPatches(source, wide.Columns, first, now, patches);
                    CopyPanels(wide.Start + ((long)first * many), now, panels);
                    bool adds = first > block * PositionsOfBlock;
                    OuterProduct.Multiply(
                        patches, panels, now, PositionsAtOnce * Lane, all + ((long)block * length), rows, many, adds, is512);
                }
            }
        });
        for (int block = 0; block < count; block++, all += length)
        {
            for (int i = 0; i < length; i++)
            {
                sums[i] += all[i];
            }
        }
    }

    /// <summary>Returns the gradient, (kernel row, kernel column, few channels, many channels).</summary>
    public Tensor Taps()
    {
        Tensor taps = empty([Kernel, Kernel, few, many], ScalarType.Float32, CPU);
        Span<float> to = MemoryMarshal.Cast<byte, float>(taps.bytes);
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = (float)sums[i];
        }

        return taps;
    }

    // Panels of 16 values of each patch.
    [MethodImpl(MatrixProduct.Kernel)]
    private void CopyPatches(FeatureMap source, int columns, int first, int count, float* patches)
    {
        new Span<float>(patches, PositionsAtOnce * rows).Clear();
        (int row, int column) = Math.DivRem(first, columns);
        int line = Kernel * few;
        for (int i = 0; i < count; i++)
        {
            float* to = patches + (i * Lane), end = to + Lane;
            for (int tap = 0; tap < Kernel; tap++)
            {
                float* from = source.At(row + tap, column);
                for (int value = 0; value < line; value++, to++)
                {
                    if (to == end)
                    {
                        end += PositionsAtOnce * Lane;
                        to = end - Lane;
                    }

                    *to = from[value];
                }
            }

            if (++column == columns)
            {
                (row, column) = (row + 1, 0);
            }
        }
    }

    [MethodImpl(MatrixProduct.Kernel)]
    private void CopyPanels(float* from, int count, float* panels)
    {
        for (int i = 0; i < count; i++)
        {
            for (int channel = 0; channel < many; channel += Lane, from += Lane)
            {
                Vector512.Load(from).Store(panels + (channel * PositionsAtOnce) + (i * Lane));
            }
        }
    }
}

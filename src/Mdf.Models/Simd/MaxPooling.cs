using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>Max pooling of squares of 2 x 2 positions. An odd last row or column is left out.</summary>
/// <remarks>
/// The first of equal values is chosen, row by row. In flat image regions all positions are equal, but Winograd's algorithm rounds them
/// differently by their place in a tile. Positions therefore count as equal if all 16 channels agree to within rounding. A single channel
/// would not do: among the many values of any image some are that close, and their choice is not free.
/// </remarks>
internal static unsafe class MaxPooling
{
    private const int Lane = MatrixProduct.Lane;

    // Of the larger value, and of the largest of the 16: what rounding makes of equal values.
    private const float Rounding = 1e-4f, RoundingOfLargest = 1e-4f;

    // With more channels that differ by more, positions are not equal.
    private const int MostDoubtful = 4;

    /// <summary>
    /// Number of bit sets that a vector of results needs: the chosen column of the upper and of the lower row, and the row.
    /// </summary>
    public const int ChoicesOfVector = 3;

    /// <summary>Pools a map.</summary>
    /// <param name="source">The map.</param>
    /// <param name="target">The result, contiguous.</param>
    /// <param name="choices">Receives the chosen positions; null for none.</param>
    public static void Run(FeatureMap source, FeatureMap target, ushort* choices) => Blocks.Run(target.Rows, blocks =>
    {
        while (blocks.Take(out int row))
        {
            RunRow(source, target, choices, row);
        }
    });

    /// <summary>Takes a gradient from the result to the map.</summary>
    /// <param name="gradient">Gradient of the result, contiguous.</param>
    /// <param name="choices">The positions that <see cref="Run"/> chose.</param>
    /// <param name="map">Shape of the map.</param>
    /// <param name="epilogue">Stores the gradient of the map.</param>
    public static void RunBack(FeatureMap gradient, ushort* choices, FeatureMap map, RectifierGradient epilogue) =>
        Blocks.Run(map.Rows, blocks =>
        {
            while (blocks.Take(out int row))
            {
                RunBackRow(gradient, choices, map, row, epilogue);
            }
        });

    [MethodImpl(MatrixProduct.Kernel)]
    private static void RunRow(FeatureMap source, FeatureMap target, ushort* choices, int row)
    {
        int channels = source.Channels;
        float* upper = source.At(2 * row, 0), lower = source.At((2 * row) + 1, 0), to = target.At(row, 0);
        ushort* chosen = choices + ((long)row * target.Columns * channels / Lane * ChoicesOfVector);
        for (int column = 0; column < target.Columns; column++, upper += 2 * channels, lower += 2 * channels)
        {
            for (int channel = 0; channel < channels; channel += Lane, to += Lane, chosen += ChoicesOfVector)
            {
                Lanes a = Vector512.Load(upper + channel), b = Vector512.Load(upper + channels + channel);
                Lanes c = Vector512.Load(lower + channel), d = Vector512.Load(lower + channels + channel);
                Lanes isB = AreEqual(a, b) ? Lanes.Zero : Vector512.GreaterThan(b, a);
                Lanes isD = AreEqual(c, d) ? Lanes.Zero : Vector512.GreaterThan(d, c);
                Lanes first = Vector512.ConditionalSelect(isB, b, a), second = Vector512.ConditionalSelect(isD, d, c);
                Lanes isLower = Vector512.GreaterThan(second, first);
                isLower = AreEqual(a, c) ? isLower & (isB | isD) : isLower;
                isLower = AreEqual(b, d) ? isLower & ~(isB & isD) : isLower;
                Vector512.ConditionalSelect(isLower, second, first).Store(to);
                if (choices != null)
                {
                    chosen[0] = (ushort)isB.ExtractMostSignificantBits();
                    chosen[1] = (ushort)isD.ExtractMostSignificantBits();
                    chosen[2] = (ushort)isLower.ExtractMostSignificantBits();
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool AreEqual(Lanes x, Lanes y)
    {
        // ReLU's results are not negative.
        Lanes gap = Vector512.Abs(x - y);
        ulong differs = Vector512.GreaterThan(gap, (x + y) * Rounding).ExtractMostSignificantBits();
        return BitOperations.PopCount(differs) <= MostDoubtful && AreNear(gap, x);
    }

    private static bool AreNear(Lanes gap, Lanes values)
    {
        float largest = 0;
        for (int i = 0; i < Lane; i++)
        {
            largest = Math.Max(largest, values[i]);
        }

        return Vector512.LessThanOrEqualAll(gap, Vector512.Create(largest * RoundingOfLargest));
    }

    [MethodImpl(MatrixProduct.Kernel)]
    private static void RunBackRow(FeatureMap gradient, ushort* choices, FeatureMap map, int row, RectifierGradient epilogue)
    {
        int channels = map.Channels, lower = row % 2;
        long offset = (long)row * map.Columns * channels, ofRow = (long)(row / 2) * gradient.Columns * channels;
        for (int column = 0; column < map.Columns; column++)
        {
            bool isLeftOut = row / 2 >= gradient.Rows || column / 2 >= gradient.Columns;
            for (int channel = 0; channel < channels; channel += Lane, offset += Lane)
            {
                Lanes passed = Lanes.Zero;
                if (!isLeftOut)
                {
                    long from = ofRow + ((long)(column / 2) * channels) + channel;
                    ushort* chosen = choices + (from / Lane * ChoicesOfVector);
                    int isRow = lower == 0 ? ~chosen[2] : chosen[2], isColumn = column % 2 == 0 ? ~chosen[lower] : chosen[lower];
                    passed = Vector512.Load(gradient.Start + from) & RectifierGradient.Mask((ushort)(isRow & isColumn));
                }

                epilogue.Store(passed, offset, row, column, channel);
            }
        }
    }
}

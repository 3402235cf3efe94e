using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>
/// A 3 x 3 convolution in float32 by Winograd's minimal filtering, which needs 36 products per channel and tile of 4 x 4 outputs instead of
/// 144.
/// </summary>
/// <remarks>
/// Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016: F(4 x 4, 3 x 3). The interpolation points are 0,
/// ±√½, ±√2 and infinity; the paper's points 0, ±1, ±2 and infinity give 2.6 times the rounding error.
/// </remarks>
internal sealed unsafe class WinogradConvolution
{
    private const int Lane = MatrixProduct.Lane, Taps = 3, Outputs = 4, Side = 6, Points = Side * Side;

    private const int TilesOfBlock = 2 * MatrixProduct.Rows;

    // Number of neighbouring tiles whose transformed columns are buffered together.
    private const int Neighbours = 8, ColumnsOfNeighbours = (Neighbours * Outputs) + Side - Outputs;

    // The interpolation points are ±A and ±B. B is 1/A, so the product of their squares is 1 and drops out of the transforms.
    private const double A = 0.70710678118654752, B = 1 / A;

    // [point][input channel][output channel]
    private readonly float[] weights;
    private readonly int inputs;
    private readonly int outputs;

    /// <summary>Transforms the weights.</summary>
    /// <param name="weight">
    /// (outputs, inputs, 3, 3), float64; inputs must be a multiple of <see cref="MatrixProduct.Lane"/>, outputs a multiple of
    /// <see cref="MatrixProduct.Columns"/>.
    /// </param>
    public WinogradConvolution(Tensor weight)
    {
        using var scope = NewDisposeScope();
        (outputs, inputs) = ((int)weight.shape[0], (int)weight.shape[1]);
        double[] rows = [1, 0, 0, .. Row(A, B), .. Row(-A, B), .. Row(B, A), .. Row(-B, A), 0, 0, 1];
        Tensor taps = tensor(rows, ScalarType.Float64, CPU).reshape(Side, Taps);
        Tensor points = taps.matmul(weight).matmul(taps.t());
        weights = [.. points.permute(2, 3, 1, 0).contiguous().to(ScalarType.Float32).data<float>()];

        // The powers 1, p, p² of a point p, divided by the product of its distances to the other finite points.
        static double[] Row(double point, double other)
        {
            double distances = 2 * point * point * ((point * point) - (other * other));
            return [1 / distances, point / distances, point * point / distances];
        }
    }

    // Stride between the planes of two points, padded by one vector so that a tile's 36 planes do not map to the same cache set.
    private static long Plane(int channels) => (TilesOfBlock * channels) + Lane;

    /// <summary>Convolves a map.</summary>
    /// <param name="source">The input map.</param>
    /// <param name="margins">Zero padding.</param>
    /// <param name="epilogue">Processes and stores the outputs.</param>
    public void Run<TEpilogue>(FeatureMap source, Margins margins, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue
    {
        int rows = source.Rows - Taps + 1 + margins.Top + margins.Bottom;
        int columns = source.Columns - Taps + 1 + margins.Left + margins.Right;
        int across = (columns + Outputs - 1) / Outputs, tiles = (rows + Outputs - 1) / Outputs * across;
        Blocks.Run((tiles + TilesOfBlock - 1) / TilesOfBlock, blocks =>
        {
            long ofInputs = Points * Plane(inputs), ofOutputs = Points * Plane(outputs);
            using var scratch = new Scratch(ofInputs + ofOutputs + (Side * (ColumnsOfNeighbours + Side) * Lane));
            float* transformed = scratch.Start, products = transformed + ofInputs, small = products + ofOutputs;
            fixed (float* matrices = weights)
            {
                while (blocks.Take(out int block))
                {
                    int first = block * TilesOfBlock, count = Math.Min(TilesOfBlock, tiles - first);
                    TransformInputs(source, margins, first, count, across, transformed, small);
                    for (int point = 0; point < Points; point++)
                    {
                        MatrixProduct.Multiply(
                            transformed + (point * Plane(inputs)),
                            matrices + ((long)point * inputs * outputs),
                            products + (point * Plane(outputs)),
                            MatrixProduct.RoundedUp(count), inputs, outputs);
                    }

                    TransformOutputs(products, small, first, count, across, rows, columns, epilogue);
                }
            }
        });
    }

    [MethodImpl(MatrixProduct.Kernel)]
    private void TransformInputs(FeatureMap source, Margins margins, int first, int count, int across, float* transformed, float* small)
    {
        // small holds the transformed columns of neighbouring tiles and, behind them, a zero-padded copy of a tile at the map's edge.
        float* seen = small + (Side * ColumnsOfNeighbours * Lane);
        long plane = Plane(inputs);
        for (int channel = 0; channel < inputs; channel += Lane)
        {
            (int down, int right) = Math.DivRem(first, across);
            for (int i = 0; i < count; i++)
            {
                int row = (Outputs * down) - margins.Top, column = (Outputs * right) - margins.Left;
                float* from = source.At(row, column) + channel;
                long toColumn = inputs, toRow = source.RowStride;
                if (row < 0 || column < 0 || row + Side > source.Rows || column + Side > source.Columns)
                {
                    CopySeen(source, row, column, channel, seen);
                    from = seen;
                    (toColumn, toRow) = (Lane, Side * Lane);
                }

                // Two columns are shared with the tile to the left and are already transformed.
                float* columns = small + (i % Neighbours * Outputs * Side * Lane);
                int old = i % Neighbours > 0 && right > 0 ? Side - Outputs : 0;
                for (int x = old; x < Side; x++)
                {
                    TransformInput(from + (x * toColumn), toRow, columns + (x * Side * Lane), Lane);
                }

                float* to = transformed + ((long)i * inputs) + channel;
                for (int y = 0; y < Side; y++)
                {
                    TransformInput(columns + (y * Lane), Side * Lane, to + (y * Side * plane), plane);
                }

                if (++right == across)
                {
                    (down, right) = (down + 1, 0);
                }
            }
        }

        for (int point = 0; point < Points; point++)
        {
            float* rest = transformed + (point * plane) + ((long)count * inputs);
            new Span<float>(rest, (MatrixProduct.RoundedUp(count) - count) * inputs).Clear();
        }
    }

    [MethodImpl(MatrixProduct.Kernel)]
    private static void CopySeen(FeatureMap source, int row, int column, int channel, float* seen)
    {
        for (int y = row; y < row + Side; y++)
        {
            for (int x = column; x < column + Side; x++, seen += Lane)
            {
                bool inside = y >= 0 && x >= 0 && y < source.Rows && x < source.Columns;
                (inside ? Vector512.Load(source.At(y, x) + channel) : Lanes.Zero).Store(seen);
            }
        }
    }

    [MethodImpl(MatrixProduct.Kernel)]
    private void TransformOutputs<TEpilogue>(
        float* products, float* small, int first, int count, int across, int rows, int columns, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue
    {
        long plane = Plane(outputs);
        for (int channel = 0; channel < outputs; channel += Lane)
        {
            (int down, int right) = Math.DivRem(first, across);
            for (int i = 0; i < count; i++)
            {
                float* from = products + ((long)i * outputs) + channel;
                for (int x = 0; x < Side; x++)
                {
                    (Lanes a, Lanes b, Lanes c, Lanes d) = TransformOutput(from + (x * plane), Side * plane);
                    a.Store(small + (x * Lane));
                    b.Store(small + ((Side + x) * Lane));
                    c.Store(small + (((2 * Side) + x) * Lane));
                    d.Store(small + (((3 * Side) + x) * Lane));
                }

                int row = Outputs * down, column = Outputs * right, left = columns - column;
                for (int y = 0; y < Math.Min(Outputs, rows - row); y++)
                {
                    long offset = ((((long)(row + y) * columns) + column) * outputs) + channel;
                    (Lanes a, Lanes b, Lanes c, Lanes d) = TransformOutput(small + (y * Side * Lane), Lane);
                    epilogue.Store(a, offset, row + y, column, channel);
                    if (left > 1)
                    {
                        epilogue.Store(b, offset + outputs, row + y, column + 1, channel);
                    }

                    if (left > 2)
                    {
                        epilogue.Store(c, offset + (2 * outputs), row + y, column + 2, channel);
                    }

                    if (left > 3)
                    {
                        epilogue.Store(d, offset + (3 * outputs), row + y, column + 3, channel);
                    }
                }

                if (++right == across)
                {
                    (down, right) = (down + 1, 0);
                }
            }
        }
    }

    // One-dimensional input transform: six values in a row or column to the values at six points.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransformInput(float* from, long step, float* to, long toStep)
    {
        const float Middle = (float)((A * A) + (B * B));
        Lanes a = Vector512.Load(from), b = Vector512.Load(from + step), c = Vector512.Load(from + (2 * step));
        float* second = from + (3 * step);
        Lanes d = Vector512.Load(second), e = Vector512.Load(second + step), f = Vector512.Load(second + (2 * step));
        Lanes evenA = Plus(e, c, (float)(-B * B)), oddA = Plus(d, b, (float)(-B * B));
        Lanes evenB = Plus(e, c, (float)(-A * A)), oddB = Plus(d, b, (float)(-A * A));
        Plus(a + e, c, -Middle).Store(to);
        Plus(evenA, oddA, (float)A).Store(to + toStep);
        Plus(evenA, oddA, (float)-A).Store(to + (2 * toStep));
        float* next = to + (3 * toStep);
        Plus(evenB, oddB, (float)B).Store(next);
        Plus(evenB, oddB, (float)-B).Store(next + toStep);
        Plus(b + f, d, -Middle).Store(next + (2 * toStep));
    }

    // One-dimensional output transform: the values at six points to four outputs in a row or column.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Lanes First, Lanes Second, Lanes Third, Lanes Fourth) TransformOutput(float* from, long step)
    {
        float* second = from + (3 * step);
        Lanes a = Vector512.Load(from + step), b = Vector512.Load(from + (2 * step));
        Lanes c = Vector512.Load(second), d = Vector512.Load(second + step);
        Lanes sumA = a + b, differenceA = a - b, sumB = c + d, differenceB = c - d;
        return (
            Vector512.Load(from) + sumA + sumB,
            Plus(differenceA * (float)A, differenceB, (float)B),
            Plus(sumA * (float)(A * A), sumB, (float)(B * B)),
            Plus(Plus(Vector512.Load(second + (2 * step)), differenceA, (float)(A * A * A)), differenceB, (float)(B * B * B)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes Plus(Lanes x, Lanes y, float factor) => Vector512.FusedMultiplyAdd(y, Vector512.Create(factor), x);
}

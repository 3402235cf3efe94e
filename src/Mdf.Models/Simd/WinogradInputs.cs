using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>Transforms the tiles of maps: of the inputs by 6 x 6 values, of the outputs' gradients by 4 x 4 to 6 x 6.</summary>
internal static unsafe class WinogradInputs
{
    private const int Lane = MatrixProduct.Lane, Outputs = 4, Side = 6;

    /// <summary>Number of values of a thread's small memory: a tile's transformed columns, and a tile.</summary>
    public const int Small = 2 * Side * Side * Lane;

    /// <summary>Transforms tiles of inputs.</summary>
    /// <param name="grid">The tiles.</param>
    /// <param name="first">Index of the first tile.</param>
    /// <param name="count">Number of tiles.</param>
    /// <param name="channels">Number of channels, a multiple of 16.</param>
    /// <param name="planes">Receives the transformed tiles.</param>
    /// <param name="small">Memory for <see cref="Small"/> values.</param>
    [MethodImpl(MatrixProduct.Kernel)]
    public static void Transform(WinogradGrid grid, int first, int count, int channels, WinogradPlanes planes, float* small)
    {
        // small holds the transformed columns of a tile and, behind them, a zero-padded copy of a tile at the map's edge. All channels of a
        // tile follow each other, because its pixels lie together in memory.
        float* seen = small + (Side * Side * Lane);
        WinogradPlace place = grid.PlaceOf(first);
        FeatureMap source = grid.Source(place.Image);
        for (int i = 0; i < count; i++)
        {
            int row = (Outputs * place.Down) - grid.Margins.Top, column = (Outputs * place.Right) - grid.Margins.Left;
            bool isAtEdge = row < 0 || column < 0 || row + Side > source.Rows || column + Side > source.Columns;
            for (int channel = 0; channel < channels; channel += Lane)
            {
                float* from = source.At(row, column) + channel;
                long toColumn = channels, toRow = source.RowStride;
                if (isAtEdge)
                {
                    CopySeen(source, row, column, Side, channel, seen);
                    from = seen;
                    (toColumn, toRow) = (Lane, Side * Lane);
                }

                for (int x = 0; x < Side; x++)
                {
                    WinogradTransforms.Input(from + (x * toColumn), toRow, small + (x * Side * Lane), Lane);
                }

                float* to = planes.At(i, channel);
                for (int y = 0; y < Side; y++)
                {
                    WinogradTransforms.Input(small + (y * Lane), Side * Lane, to + (y * Side * planes.Stride), planes.Stride);
                }
            }

            if (grid.Advance(ref place))
            {
                source = grid.Source(place.Image);
            }
        }
    }

    /// <summary>Transforms tiles of the outputs' gradients.</summary>
    /// <param name="grid">The tiles.</param>
    /// <param name="gradients">The first image's gradient of the outputs. The other images' gradients follow it in memory.</param>
    /// <param name="first">Index of the first tile.</param>
    /// <param name="count">Number of tiles.</param>
    /// <param name="planes">Receives the transformed tiles.</param>
    /// <param name="small">Memory for <see cref="Small"/> values.</param>
    [MethodImpl(MatrixProduct.Kernel)]
    public static void TransformGradients(
        WinogradGrid grid, FeatureMap gradients, int first, int count, WinogradPlanes planes, float* small)
    {
        float* seen = small + (Side * Outputs * Lane);
        WinogradPlace place = grid.PlaceOf(first);
        FeatureMap source = gradients.Image(place.Image);
        for (int i = 0; i < count; i++)
        {
            int row = Outputs * place.Down, column = Outputs * place.Right;
            bool isAtEdge = row + Outputs > source.Rows || column + Outputs > source.Columns;
            for (int channel = 0; channel < gradients.Channels; channel += Lane)
            {
                float* from = source.At(row, column) + channel;
                long toColumn = gradients.Channels, toRow = source.RowStride;
                if (isAtEdge)
                {
                    CopySeen(source, row, column, Outputs, channel, seen);
                    from = seen;
                    (toColumn, toRow) = (Lane, Outputs * Lane);
                }

                for (int x = 0; x < Outputs; x++)
                {
                    WinogradTransforms.OutputGradient(from + (x * toColumn), toRow, small + (x * Side * Lane), Lane);
                }

                float* to = planes.At(i, channel);
                for (int y = 0; y < Side; y++)
                {
                    WinogradTransforms.OutputGradient(small + (y * Lane), Side * Lane, to + (y * Side * planes.Stride), planes.Stride);
                }
            }

            if (grid.Advance(ref place))
            {
                source = gradients.Image(place.Image);
            }
        }
    }

    [MethodImpl(MatrixProduct.Kernel)]
    private static void CopySeen(FeatureMap source, int row, int column, int side, int channel, float* seen)
    {
        for (int y = row; y < row + side; y++)
        {
            for (int x = column; x < column + side; x++, seen += Lane)
            {
                bool inside = y >= 0 && x >= 0 && y < source.Rows && x < source.Columns;
                (inside ? Vector512.Load(source.At(y, x) + channel) : Lanes.Zero).Store(seen);
            }
        }
    }
}

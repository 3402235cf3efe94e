using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>A view of one image's feature map, or of a part of it, in float32 and channels-last layout.</summary>
/// <param name="start">Address of the first value.</param>
/// <param name="rows">Number of rows.</param>
/// <param name="columns">Number of columns.</param>
/// <param name="channels">Number of channels.</param>
/// <param name="rowStride">Number of values between the starts of two rows.</param>
internal readonly unsafe struct FeatureMap(float* start, int rows, int columns, int channels, long rowStride)
{
    private const int Lane = MatrixProduct.Lane;

    public readonly float* Start = start;
    public readonly int Rows = rows;
    public readonly int Columns = columns;
    public readonly int Channels = channels;
    public readonly long RowStride = rowStride;

    /// <summary>Creates a view of contiguous memory.</summary>
    public FeatureMap(float* start, int rows, int columns, int channels)
        : this(start, rows, columns, channels, (long)columns * channels)
    {
    }

    /// <summary>
    /// Returns a view of one image of a tensor (N, C, H, W), float32 and channels-last. The tensor must outlive the view.
    /// </summary>
    public static FeatureMap Of(Tensor maps, long image)
    {
        // Tensor.bytes requires contiguous memory, and a view of a single value is always contiguous.
        using Tensor first = maps.as_strided([1], [1], maps.storage_offset());
        fixed (byte* start = first.bytes)
        {
            return new FeatureMap(
                (float*)start + (image * maps.stride(0)),
                (int)maps.shape[2],
                (int)maps.shape[3],
                (int)maps.shape[1],
                maps.stride(2));
        }
    }

    /// <summary>Number of values of the map.</summary>
    public long Length => (long)Rows * Columns * Channels;

    /// <summary>Returns the address of a position's first channel.</summary>
    public float* At(int row, int column) => Start + (row * RowStride) + ((long)column * Channels);

    /// <summary>Returns the view of another image's map, where the maps follow each other in memory.</summary>
    public FeatureMap Image(int index) => new(Start + (index * Rows * RowStride), Rows, Columns, Channels, RowStride);

    /// <summary>Returns a view of the top left part with the given numbers of rows and columns.</summary>
    public FeatureMap Part(int rows, int columns) => Part(0, 0, rows, columns);

    /// <summary>Returns a view of the part with the given first row, first column and numbers of rows and columns.</summary>
    public FeatureMap Part(int row, int column, int rows, int columns) => new(At(row, column), rows, columns, Channels, RowStride);

    /// <summary>
    /// Returns the sum of squared differences from another map, over the rows and columns of that other map. Float32 sums cover only one
    /// row, so rounding stays small; the rows are summed in float64.
    /// </summary>
    [MethodImpl(MatrixProduct.Kernel)]
    public double SquaredDistance(FeatureMap other)
    {
        long length = (long)other.Columns * Channels, ofVectors = length / Lane * Lane;
        double sum = 0;
        for (int row = 0; row < other.Rows; row++)
        {
            float* x = At(row, 0), y = other.At(row, 0);
            Lanes even = Lanes.Zero, odd = Lanes.Zero;
            for (long i = 0; i < ofVectors; i += Lane)
            {
                Lanes difference = Vector512.Load(x + i) - Vector512.Load(y + i);
                (even, odd) = (odd, Vector512.FusedMultiplyAdd(difference, difference, even));
            }

            for (long i = ofVectors; i < length; i++)
            {
                double difference = x[i] - y[i];
                sum += difference * difference;
            }

            (Vector512<double> low, Vector512<double> high) = Vector512.Widen(even + odd);
            sum += Vector512.Sum(low + high);
        }

        return sum;
    }
}

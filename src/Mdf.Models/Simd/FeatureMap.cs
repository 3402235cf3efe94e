using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>A feature map of one image, or a part of one, in memory, float32, with channels innermost.</summary>
/// <param name="start">The first value.</param>
/// <param name="rows">The rows.</param>
/// <param name="columns">The columns.</param>
/// <param name="channels">The channels.</param>
/// <param name="rowStride">From a row's first value to the next row's.</param>
internal readonly unsafe struct FeatureMap(float* start, int rows, int columns, int channels, long rowStride)
{
    private const int Lane = MatrixProduct.Lane;

    public readonly float* Start = start;
    public readonly int Rows = rows;
    public readonly int Columns = columns;
    public readonly int Channels = channels;
    public readonly long RowStride = rowStride;

    /// <summary>A map without gaps.</summary>
    public FeatureMap(float* start, int rows, int columns, int channels)
        : this(start, rows, columns, channels, (long)columns * channels)
    {
    }

    /// <summary>One image's map in a tensor, (N, C, H, W), of float32 with channels innermost; the tensor must outlive it.</summary>
    public static FeatureMap Of(Tensor maps, long image)
    {
        // Of a part of a tensor, there is no memory to be had but of a single value.
        using Tensor first = maps.as_strided([1], [1], maps.storage_offset());
        fixed (byte* start = first.bytes)
        {
            return new FeatureMap((float*)start + (image * maps.stride(0)), (int)maps.shape[2], (int)maps.shape[3], (int)maps.shape[1], maps.stride(2));
        }
    }

    /// <summary>The values of a position.</summary>
    public float* At(int row, int column) => Start + (row * RowStride) + ((long)column * Channels);

    /// <summary>The part from the first row and column on.</summary>
    public FeatureMap Part(int rows, int columns) => new(Start, rows, columns, Channels, RowStride);

    /// <summary>The sum of the squared differences from another map, over that one's extent; exact enough because the sums of a row stay short.</summary>
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

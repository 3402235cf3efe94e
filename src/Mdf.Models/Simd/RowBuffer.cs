using System.Buffers;
using System.Runtime.InteropServices;

namespace Mdf.Models.Simd;

/// <summary>Consecutive rows of a feature map that is computed from top to bottom. Rows that nobody reads any more are dropped.</summary>
internal sealed unsafe class RowBuffer : IDisposable
{
    private const int Alignment = 64;

    private readonly int columns;
    private readonly int channels;
    private float[] array = [];
    private GCHandle handle;
    private float* start;
    private int capacity;
    private int first;

    /// <summary>Creates a buffer without rows.</summary>
    public RowBuffer(int columns, int channels)
    {
        (this.columns, this.channels) = (columns, channels);
    }

    /// <summary>Index after the last row that is there.</summary>
    public int End { get; private set; }

    private long RowLength => (long)columns * channels;

    /// <summary>Appends rows, which the caller fills, and drops those before the first one that is still read.</summary>
    /// <param name="rows">Number of new rows.</param>
    /// <param name="firstRead">Index of the first row that is still read.</param>
    /// <returns>Address of the first new row.</returns>
    public float* Append(int rows, int firstRead)
    {
        int kept = End - Math.Min(firstRead, End);
        if (End - first + rows > capacity)
        {
            float* from = capacity == 0 ? null : start + ((End - kept - first) * RowLength);
            if (kept + rows > capacity)
            {
                Grow(2 * (kept + rows), from, kept);
            }
            else
            {
                Buffer.MemoryCopy(from, start, capacity * RowLength * sizeof(float), kept * RowLength * sizeof(float));
            }

            first = End - kept;
        }

        float* added = start + ((End - first) * RowLength);
        End += rows;
        return added;
    }

    /// <summary>Returns a view of rows that are there.</summary>
    public FeatureMap Rows(int begin, int end) => new(start + ((begin - first) * RowLength), end - begin, columns, channels);

    public void Dispose()
    {
        if (capacity > 0)
        {
            handle.Free();
            ArrayPool<float>.Shared.Return(array);
            capacity = 0;
        }
    }

    private void Grow(int rows, float* from, int kept)
    {
        float[] larger = ArrayPool<float>.Shared.Rent(checked((int)((rows * RowLength) + (Alignment / sizeof(float)))));
        var pinned = GCHandle.Alloc(larger, GCHandleType.Pinned);
        var begin = (float*)((pinned.AddrOfPinnedObject() + Alignment - 1) & -Alignment);
        if (kept > 0)
        {
            Buffer.MemoryCopy(from, begin, rows * RowLength * sizeof(float), kept * RowLength * sizeof(float));
        }

        Dispose();
        (array, handle, capacity) = (larger, pinned, rows);
        start = begin;
    }
}

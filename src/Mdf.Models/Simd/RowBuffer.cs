namespace Mdf.Models.Simd;

/// <summary>Consecutive rows of a feature map that is computed from top to bottom. Rows that nobody reads any more are dropped.</summary>
internal sealed unsafe class RowBuffer : IDisposable
{
    private readonly int columns;
    private readonly int channels;
    private Scratch memory;
    private int capacity;
    private int first;
    private int end;

    /// <summary>Creates a buffer without rows.</summary>
    public RowBuffer(int columns, int channels)
    {
        (this.columns, this.channels) = (columns, channels);
    }

    private long RowLength => (long)columns * channels;

    /// <summary>Appends rows, which the caller fills, and drops those before the first one that is still read.</summary>
    /// <param name="rows">Number of new rows.</param>
    /// <param name="firstRead">Index of the first row that is still read.</param>
    /// <returns>Address of the first new row.</returns>
    public float* Append(int rows, int firstRead)
    {
        int kept = end - Math.Min(firstRead, end);
        if (end - first + rows > capacity)
        {
            float* from = capacity == 0 ? null : memory.Start + ((end - kept - first) * RowLength);
            if (kept + rows > capacity)
            {
                Grow(2 * (kept + rows), from, kept);
            }
            else
            {
                Buffer.MemoryCopy(from, memory.Start, capacity * RowLength * sizeof(float), kept * RowLength * sizeof(float));
            }

            first = end - kept;
        }

        float* added = memory.Start + ((end - first) * RowLength);
        end += rows;
        return added;
    }

    /// <summary>Returns a view of rows that are there.</summary>
    /// <param name="begin">Index of the first row.</param>
    /// <param name="count">Number of rows.</param>
    public FeatureMap Rows(int begin, int count) => new(memory.Start + ((begin - first) * RowLength), count, columns, channels);

    public void Dispose()
    {
        if (capacity > 0)
        {
            memory.Dispose();
            capacity = 0;
        }
    }

    private void Grow(int rows, float* from, int kept)
    {
        var larger = new Scratch(rows * RowLength);
        if (kept > 0)
        {
            Buffer.MemoryCopy(from, larger.Start, rows * RowLength * sizeof(float), kept * RowLength * sizeof(float));
        }

        Dispose();
        (memory, capacity) = (larger, rows);
    }
}

namespace Mdf.Checkpoints;

/// <summary>What a file says of a tensor's shape, checked before anything is made of it.</summary>
internal static class TensorShape
{
    private const int MaximumRank = 64;

    /// <summary>The number of elements, or null if no tensor has this shape: negative, of too high a rank, or too large to count.</summary>
    public static long? Elements(ReadOnlySpan<long> shape)
    {
        if (shape.Length > MaximumRank)
        {
            return null;
        }

        // Sizes of zero are left out first: libtorch refuses a shape whose other sizes overflow.
        Int128 nonzero = 1;
        bool empty = false;
        foreach (long size in shape)
        {
            nonzero *= Math.Max(size, 1);
            empty |= size == 0;
            if (size < 0 || nonzero > long.MaxValue / 16)
            {
                return null;
            }
        }

        return empty ? 0 : (long)nonzero;
    }
}

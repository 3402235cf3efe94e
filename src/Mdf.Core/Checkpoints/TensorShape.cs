namespace Mdf.Checkpoints;

/// <summary>Checks the shape that a file gives for a tensor.</summary>
internal static class TensorShape
{
    private const int MaximumRank = 64;

    /// <summary>Returns the number of elements; null for a negative size, a rank above 64 or a number that is too large.</summary>
    public static long? Elements(ReadOnlySpan<long> shape)
    {
        if (shape.Length > MaximumRank)
        {
            return null;
        }

        // Zeros count as 1 here: libtorch refuses an empty shape too if the product of its nonzero sizes overflows.
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

namespace Mdf.Tiling;

/// <summary>The rows or the columns of a <see cref="FramedTile"/>.</summary>
/// <param name="Start">Index of the first row or column of the images.</param>
/// <param name="Length">Number of rows or columns of the images.</param>
/// <param name="ZerosBefore">Number of reduced rows or columns before the first of the images.</param>
/// <param name="ZerosAfter">Number of reduced rows or columns after the last of the images.</param>
/// <param name="First">Index of the first position that belongs to the tile.</param>
/// <param name="Positions">Number of positions that belong to the tile.</param>
internal readonly record struct FramedRange(long Start, long Length, int ZerosBefore, int ZerosAfter, long First, long Positions)
{
    /// <summary>Divides the positions of a side among ranges of at most <paramref name="atMost"/>.</summary>
    public static IEnumerable<FramedRange> Divide(long side, long atMost, Frame frame)
    {
        long positions = frame.Reduced(side), parts = (positions + atMost - 1) / atMost;
        for (long i = 0; i < parts; i++)
        {
            long first = positions * i / parts, end = positions * (i + 1) / parts;
            long seenFirst = Math.Max(0, first - frame.Before), seenEnd = Math.Min(positions, end + frame.After);
            long start = seenFirst * frame.Factor;
            yield return new FramedRange(
                start,
                Math.Min(side, seenEnd * frame.Factor) - start,
                (int)(seenFirst - (first - frame.Before)),
                (int)(end + frame.After - seenEnd),
                first,
                end - first);
        }
    }
}

namespace Mdf.Tiling;

/// <summary>The rows or the columns of a window.</summary>
/// <param name="Start">Index of the first row or column.</param>
/// <param name="Length">Number of rows or columns.</param>
/// <param name="Stride">Distance to the start of the next window, where its ownership begins; 0 for the last window.</param>
internal readonly record struct TileRange(long Start, long Length, long Stride)
{
    /// <summary>Returns the number of rows or columns that the window owns of a feature map with the given number.</summary>
    public long OwnedOf(long mapLength) => Stride == 0 ? mapLength : Math.Min(Stride, mapLength);

    /// <summary>Divides a length into windows of at most <paramref name="atMost"/> that overlap by the receptive field minus 1.</summary>
    public static IEnumerable<TileRange> Divide(long total, long atMost, int receptiveField)
    {
        // Each window gets an equal share of the score map's positions plus the halo of the receptive field.
        long halo = receptiveField - 1, positions = total - halo;
        long parts = (positions + (atMost - halo) - 1) / (atMost - halo);
        for (long i = 0; i < parts; i++)
        {
            long start = positions * i / parts, end = positions * (i + 1) / parts;
            yield return new TileRange(start, end - start + halo, i == parts - 1 ? 0 : end - start);
        }
    }
}

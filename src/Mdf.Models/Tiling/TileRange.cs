namespace Mdf.Models.Tiling;

/// <summary>The rows or the columns of a window.</summary>
/// <param name="Start">The first.</param>
/// <param name="Length">Their number.</param>
/// <param name="Stride">The distance to the next window, which owns what begins there; 0 for the last, which owns all that is left.</param>
internal readonly record struct TileRange(long Start, long Length, long Stride)
{
    public long OwnedOf(long mapLength) => Stride == 0 ? mapLength : Math.Min(Stride, mapLength);

    public static IEnumerable<TileRange> Divide(long total, long atMost, int receptiveField)
    {
        // In positions of the score map, of equal shares; each needs the halo beside it.
        long halo = receptiveField - 1, positions = total - halo;
        long parts = (positions + (atMost - halo) - 1) / (atMost - halo);
        for (long i = 0; i < parts; i++)
        {
            long start = positions * i / parts, end = positions * (i + 1) / parts;
            yield return new TileRange(start, end - start + halo, i == parts - 1 ? 0 : end - start);
        }
    }
}

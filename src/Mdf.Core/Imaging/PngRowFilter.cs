namespace Mdf.Imaging;

/// <summary>The five row filters of PNG, undone in place.</summary>
internal static class PngRowFilter
{
    /// <param name="filter">The byte before the row; -1 when the stream ended before it.</param>
    /// <param name="row">The filtered row, replaced by the plain one.</param>
    /// <param name="above">The plain row above, all zero for the first.</param>
    /// <param name="pixelLength">Bytes of a pixel.</param>
    public static void Undo(int filter, Span<byte> row, ReadOnlySpan<byte> above, int pixelLength)
    {
        for (var i = 0; i < row.Length; i++)
        {
            var left = i >= pixelLength ? row[i - pixelLength] : 0;
            var aboveLeft = i >= pixelLength ? above[i - pixelLength] : 0;
            var prediction = filter switch
            {
                0 => 0,
                1 => left,
                2 => above[i],
                3 => (left + above[i]) / 2,
                4 => Paeth(left, above[i], aboveLeft),
                _ => throw new InvalidDataException($"there is no row filter {filter} in PNG"),
            };
            row[i] = unchecked((byte)(row[i] + prediction));
        }
    }

    private static int Paeth(int left, int above, int aboveLeft)
    {
        var estimate = left + above - aboveLeft;
        var toLeft = Math.Abs(estimate - left);
        var toAbove = Math.Abs(estimate - above);
        var toAboveLeft = Math.Abs(estimate - aboveLeft);
        return toLeft <= toAbove && toLeft <= toAboveLeft ? left : toAbove <= toAboveLeft ? above : aboveLeft;
    }
}

namespace Mdf.Imaging;

/// <summary>Reverses the five row filters of PNG in place.</summary>
internal static class PngRowFilter
{
    /// <summary>Reverses the filter of one row.</summary>
    /// <param name="filter">Filter type: the byte before the row, or -1 if the stream ended before it.</param>
    /// <param name="row">Filtered row, which is replaced by the unfiltered row.</param>
    /// <param name="above">Unfiltered row above; all zero for the first row.</param>
    /// <param name="pixelLength">Number of bytes in a pixel.</param>
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
                _ => throw new InvalidDataException($"unknown row filter {filter}; expected 0 to 4"),
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

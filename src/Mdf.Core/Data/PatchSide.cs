namespace Mdf.Data;

/// <summary>
/// Rows or columns of an image that are read for a patch: their range, and the number of them before and after the patch.
/// </summary>
internal readonly record struct PatchSide(int Begin, int Length, int Before, int After)
{
    // Margin around a patch in pixels of the degraded image: twice the support of the bicubic kernel.
    private const int Surroundings = 4;

    public PatchSide ReducedBy(int factor) => new(Begin / factor, Length / factor, Before / factor, After / factor);

    public static PatchSide Draw(int side, int size, int scale, Random random)
    {
        int margin = scale == 1 ? 0 : Surroundings * scale, places = side / scale;
        int start = random.Next(places - (size / scale) + 1) * scale;
        int begin = Math.Max(start - margin, 0), end = Math.Min(start + size + margin, places * scale);
        return new PatchSide(begin, end - begin, start - begin, end - start - size);
    }
}

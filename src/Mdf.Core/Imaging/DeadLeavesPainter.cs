namespace Mdf.Imaging;

/// <summary>
/// Paints a dead-leaves image. Leaves are placed beneath one another, the topmost first, until they cover every sample; each sample then
/// gets the colour of its leaf. Only correctly rounded operations are used (no sines, no powers), so the result is the same on every
/// platform.
/// </summary>
internal sealed class DeadLeavesPainter(int width, int height, int seed)
{
    private const int SamplesPerSide = 3;
    private const double SmallestRadius = 2.5;
    private const double LargestRadiusPerSide = 0.3;

    private readonly Random random = new(seed);
    private readonly int columns = width * SamplesPerSide;
    private readonly int rows = height * SamplesPerSide;
    private readonly List<Leaf> leaves = [];

    /// <summary>Fills three consecutive planes (red, green, blue) with values in [0, 1].</summary>
    public void Paint(Span<float> planes)
    {
        var owners = LayLeaves();
        var planeLength = width * height;
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var sum = default(RgbValue);
                for (var row = y * SamplesPerSide; row < (y + 1) * SamplesPerSide; row++)
                {
                    for (var column = x * SamplesPerSide; column < (x + 1) * SamplesPerSide; column++)
                    {
                        var leaf = leaves[owners[(row * columns) + column]];
                        sum += leaf.ColorAt(SampleCenter(column), SampleCenter(row));
                    }
                }

                var index = (y * width) + x;
                const double samples = SamplesPerSide * SamplesPerSide;
                planes[index] = ToUnit(sum.Red / samples);
                planes[planeLength + index] = ToUnit(sum.Green / samples);
                planes[(2 * planeLength) + index] = ToUnit(sum.Blue / samples);
            }
        }
    }

    private static double SampleCenter(int index) => (index + 0.5) / SamplesPerSide;

    private static float ToUnit(double value) => (float)Math.Clamp(value, 0, 1);

    /// <summary>Returns, for each sample, the index of the leaf that is visible there.</summary>
    private int[] LayLeaves()
    {
        const int nobody = -1;
        var owners = new int[columns * rows];
        Array.Fill(owners, nobody);
        var largestRadius = Math.Max(LargestRadiusPerSide * Math.Min(width, height), 2 * SmallestRadius);
        for (var left = owners.Length; left > 0;)
        {
            var leaf = Leaf.Fall(random, width, height, SmallestRadius, largestRadius);
            left -= Claim(owners, leaf, leaves.Count, nobody);
            leaves.Add(leaf);
        }

        return owners;
    }

    private int Claim(int[] owners, Leaf leaf, int name, int nobody)
    {
        var claimed = 0;
        var firstRow = Math.Max(0, (int)Math.Floor((leaf.Y - leaf.Radius) * SamplesPerSide));
        var lastRow = Math.Min(rows - 1, (int)Math.Ceiling((leaf.Y + leaf.Radius) * SamplesPerSide));
        for (var row = firstRow; row <= lastRow; row++)
        {
            var dy = SampleCenter(row) - leaf.Y;
            var halfChord = Math.Sqrt(Math.Max(0, (leaf.Radius * leaf.Radius) - (dy * dy)));
            var first = Math.Max(0, (int)Math.Ceiling(((leaf.X - halfChord) * SamplesPerSide) - 0.5));
            var end = Math.Min(columns, (int)Math.Floor(((leaf.X + halfChord) * SamplesPerSide) - 0.5) + 1);
            for (var column = first; column < end; column++)
            {
                ref var owner = ref owners[(row * columns) + column];
                if (owner == nobody)
                {
                    owner = name;
                    claimed++;
                }
            }
        }

        return claimed;
    }
}

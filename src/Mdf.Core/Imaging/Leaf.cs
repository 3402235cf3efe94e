namespace Mdf.Imaging;

/// <summary>One textured, shaded disk of a dead-leaves image.</summary>
internal sealed class Leaf
{
    private static readonly RgbValue[] Palette =
    [
        new(0.16, 0.27, 0.15), new(0.30, 0.42, 0.19), new(0.52, 0.58, 0.27), new(0.74, 0.73, 0.42),
        new(0.86, 0.63, 0.24), new(0.79, 0.42, 0.17), new(0.58, 0.24, 0.14), new(0.36, 0.18, 0.14),
        new(0.47, 0.36, 0.26), new(0.69, 0.58, 0.44), new(0.90, 0.85, 0.73), new(0.55, 0.68, 0.75),
        new(0.26, 0.39, 0.47), new(0.14, 0.16, 0.19),
    ];

    private readonly RgbValue color;
    private readonly double slopeX;
    private readonly double slopeY;
    private readonly double grain;
    private readonly double grainSize;
    private readonly double stripes;
    private readonly double stripeX;
    private readonly double stripeY;
    private readonly uint noiseSeed;

    private Leaf(Random random, double x, double y, double radius)
    {
        (X, Y, Radius) = (x, y, radius);
        var (directionX, directionY) = Direction(random);
        color = Mix(Palette[random.Next(Palette.Length)], Palette[random.Next(Palette.Length)], 0.35 * random.NextDouble())
            * (0.75 + (0.45 * random.NextDouble()));
        var slope = 0.05 + (0.25 * random.NextDouble());
        // The light comes from the upper left, with some variation.
        slopeX = slope * (-0.6 + (0.5 * directionX)) / radius;
        slopeY = slope * (-0.8 + (0.5 * directionY)) / radius;
        var texture = random.NextDouble();
        grain = texture < 0.45 ? 0.05 + (0.3 * random.NextDouble()) : 0;
        grainSize = 1.5 + (0.25 * radius * random.NextDouble());
        stripes = texture > 0.75 && radius > 6 ? 0.06 + (0.16 * random.NextDouble()) : 0;
        var (acrossX, acrossY) = Direction(random);
        var period = 3 + (0.3 * radius * random.NextDouble());
        (stripeX, stripeY) = (acrossX / period, acrossY / period);
        noiseSeed = (uint)random.Next();
    }

    public double X { get; }

    public double Y { get; }

    public double Radius { get; }

    /// <summary>
    /// Draws a random leaf that touches the image. The density of the radius is proportional to radius^-3. Centres are uniform and may lie
    /// outside the image, from where large leaves still reach into it.
    /// </summary>
    public static Leaf Fall(Random random, int width, int height, double smallestRadius, double largestRadius)
    {
        var most = 1 / (smallestRadius * smallestRadius);
        var least = 1 / (largestRadius * largestRadius);
        while (true)
        {
            var radius = 1 / Math.Sqrt(most - (random.NextDouble() * (most - least)));
            var x = (random.NextDouble() * (width + (2 * largestRadius))) - largestRadius;
            var y = (random.NextDouble() * (height + (2 * largestRadius))) - largestRadius;
            if (x > -radius && x < width + radius && y > -radius && y < height + radius)
            {
                return new Leaf(random, x, y, radius);
            }
        }
    }

    public RgbValue ColorAt(double x, double y)
    {
        double dx = x - X, dy = y - Y;
        var distance = ((dx * dx) + (dy * dy)) / (Radius * Radius);
        var light = 1 + (slopeX * dx) + (slopeY * dy) - (0.16 * distance * distance * distance);
        if (grain > 0)
        {
            light += grain * ValueNoise.At(dx / grainSize, dy / grainSize, noiseSeed);
        }

        if (stripes > 0)
        {
            light += stripes * Wave((dx * stripeX) + (dy * stripeY));
        }

        return color * light;
    }

    /// <summary>A smooth wave of period 1 between -1 and 1, made of parabolas.</summary>
    private static double Wave(double phase)
    {
        var t = (2 * (phase - Math.Floor(phase))) - 1;
        return 4 * t * (1 - Math.Abs(t));
    }

    private static RgbValue Mix(RgbValue a, RgbValue b, double share) => (a * (1 - share)) + (b * share);

    private static (double X, double Y) Direction(Random random)
    {
        while (true)
        {
            double x = (2 * random.NextDouble()) - 1, y = (2 * random.NextDouble()) - 1;
            var length = Math.Sqrt((x * x) + (y * y));
            if (length is > 0.1 and <= 1)
            {
                return (x / length, y / length);
            }
        }
    }
}

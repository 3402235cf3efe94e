
namespace Mdf.Degradations.RealWorld;

/// <summary>
/// Draws the chain of Real-ESRGAN: blur, resizing, noise and JPEG, twice, then a sinc filter and resizing to the final size.
/// </summary>
internal static class EsrganChain
{
    private const double SincProbability = 0.1;
    private const double SecondBlurProbability = 0.8;
    private const double FinalSincProbability = 0.8;
    private const double GrayProbability = 0.4;
    private const int LowestQuality = 30, HighestQuality = 95;

    private static readonly (string Kind, double Probability)[] Kernels =
    [
        ("iso", 0.45), ("aniso", 0.25), ("generalized_iso", 0.12), ("generalized_aniso", 0.03), ("plateau_iso", 0.12),
        ("plateau_aniso", 0.03),
    ];

    private static readonly Order First = new((0.2, 3), (0.2, 0.7), (0.15, 1.5), (1, 30), (0.05, 3));
    private static readonly Order Second = new((0.2, 1.5), (0.3, 0.4), (0.3, 1.2), (1, 25), (0.05, 2.5));

    /// <summary>Draws the steps for one image.</summary>
    /// <param name="random">Random number generator.</param>
    /// <param name="scale">Factor by which the result is smaller.</param>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Columns of the image.</param>
    public static IEnumerable<DrawnStep> Draw(Random random, int scale, long height, long width)
    {
        var steps = new List<DrawnStep> { Blur(random, First, "") };
        steps.AddRange(ResizeNoiseJpeg(random, First, "", 1, height, width, withJpeg: true));
        if (random.NextDouble() < SecondBlurProbability)
        {
            steps.Add(Blur(random, Second, "2"));
        }

        steps.AddRange(ResizeNoiseJpeg(random, Second, "2", scale, height, width, withJpeg: false));
        DrawnStep[] end = [Last(random, height / scale, width / scale), .. Sinc(random)];
        DrawnStep jpeg = Jpeg(random, "2");
        steps.AddRange(random.NextDouble() < 0.5 ? [.. end, jpeg] : [jpeg, .. end]);
        return steps;
    }

    /// <summary>Returns a number drawn uniformly from a range.</summary>
    public static double Uniform(Random random, (double Low, double High) range) =>
        range.Low + (random.NextDouble() * (range.High - range.Low));

    private static DrawnStep Blur(Random random, Order order, string suffix)
    {
        int size = 7 + (2 * random.Next(8));
        if (random.NextDouble() < SincProbability)
        {
            double cutoff = Uniform(random, (size < 13 ? Math.PI / 3 : Math.PI / 5, Math.PI));
            return Small("sinc" + suffix, cutoff, BlurKernel.Sinc(size, cutoff));
        }

        string kind = Pick(random);
        bool isRound = kind.EndsWith("_iso", StringComparison.Ordinal) || kind == "iso";
        double sigma = Uniform(random, order.Sigma);
        double? other = isRound ? null : Uniform(random, order.Sigma);
        double angle = isRound ? 0 : Uniform(random, (-Math.PI, Math.PI));
        BlurKernel kernel = kind.Split('_')[0] switch
        {
            "generalized" => BlurKernel.GeneralizedGaussian(size, Shape(random, (0.5, 4)), sigma, other, angle),
            "plateau" => BlurKernel.Plateau(size, Shape(random, (1, 2)), sigma, other, angle),
            _ => BlurKernel.Gaussian(size, sigma, other, angle),
        };
        return Small(kind + suffix, sigma, kernel);
    }

    // Half of the shapes lie below 1 and half above.
    private static double Shape(Random random, (double Low, double High) range) =>
        Uniform(random, random.NextDouble() < 0.5 ? (range.Low, 1) : (1, range.High));

    private static string Pick(Random random)
    {
        double at = random.NextDouble();
        foreach ((string kind, double probability) in Kernels)
        {
            if ((at -= probability) < 0)
            {
                return kind;
            }
        }

        return Kernels[0].Kind;
    }

    private static IEnumerable<DrawnStep> ResizeNoiseJpeg(
        Random random, Order order, string suffix, int divisor, long height, long width, bool withJpeg)
    {
        double at = random.NextDouble();
        (string kind, double factor) = at < order.Resize.Up ? ("up" + suffix, Uniform(random, (1, order.Range.High)))
            : at < order.Resize.Up + order.Resize.Down ? ("down" + suffix, Uniform(random, (order.Range.Low, 1)))
            : ("keep" + suffix, 1);
        string filter = RandomResize.Filters[random.Next(RandomResize.Filters.Count)];

        // The second order resizes to a fraction of the original's size, not of the first order's result.
        yield return new DrawnStep(kind, factor, (image, _) => divisor == 1
            ? RandomResize.By(image, factor, filter)
            : RandomResize.To(image, Reduced(height), Reduced(width), filter));

        bool isGray = random.NextDouble() < GrayProbability;
        string gray = isGray ? "gray " : "";
        if (random.NextDouble() < 0.5)
        {
            double sigma = Uniform(random, order.Noise);
            yield return DrawnStep.Of($"{gray}gaussian{suffix}", sigma, new GaussianNoise(sigma) { Gray = isGray, Clip = true });
        }
        else
        {
            double strength = Uniform(random, order.Poisson);
            yield return DrawnStep.Of($"{gray}poisson{suffix}", strength, new PoissonNoise(strength, strength) { Gray = isGray });
        }

        if (withJpeg)
        {
            yield return Jpeg(random, suffix);
        }

        long Reduced(long side) => Math.Max((long)(side * factor / divisor), 1);
    }

    private static DrawnStep Jpeg(Random random, string suffix)
    {
        int quality = random.Next(LowestQuality, HighestQuality + 1);
        return DrawnStep.Of("jpeg" + suffix, quality, new JpegCompression(quality));
    }

    private static DrawnStep Last(Random random, long height, long width)
    {
        string filter = RandomResize.Filters[random.Next(RandomResize.Filters.Count)];
        return new DrawnStep("last " + filter, 1, (image, _) => RandomResize.To(image, height, width, filter));
    }

    private static DrawnStep[] Sinc(Random random)
    {
        if (random.NextDouble() >= FinalSincProbability)
        {
            return [];
        }

        int size = 7 + (2 * random.Next(8));
        double cutoff = Uniform(random, (Math.PI / 3, Math.PI));
        return [Small("final sinc", cutoff, BlurKernel.Sinc(size, cutoff))];
    }

    // Small images between two steps may be smaller than the kernel, which is then cut off.
    private static DrawnStep Small(string kind, double value, BlurKernel kernel) =>
        new(kind, value, (image, random) => KernelBlur.WhereItFits(image, kernel, random));

    /// <summary>Ranges of one of the two orders.</summary>
    private sealed record Order(
        (double Low, double High) Sigma,
        (double Up, double Down) Resize,
        (double Low, double High) Range,
        (double Low, double High) Noise,
        (double Low, double High) Poisson);
}

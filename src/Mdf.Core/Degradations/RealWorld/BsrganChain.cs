using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Degradations.RealWorld;

/// <summary>
/// Draws the chain of BSRGAN: two blurs, two reductions, noise and JPEG in random order, and JPEG at the end.
/// </summary>
internal static class BsrganChain
{
    private const double AnisotropicProbability = 0.5;
    private const double RandomReductionProbability = 0.75;
    private const double JpegProbability = 0.9;
    private const int LowestNoise = 2, HighestNoise = 25, LowestQuality = 30, HighestQuality = 95;

    /// <summary>Draws the steps for one image.</summary>
    /// <param name="random">Random number generator.</param>
    /// <param name="scale">Factor by which the result is smaller.</param>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Columns of the image.</param>
    public static IEnumerable<DrawnStep> Draw(Random random, int scale, long height, long width)
    {
        var steps = new List<DrawnStep>();
        int left = scale;
        if (scale == 4 && random.NextDouble() < 0.25)
        {
            string filter = Filter(random);
            steps.Add(new DrawnStep("half", 2, (image, _) => RandomResize.To(image, height / 2, width / 2, filter)));
            left = 2;
        }

        int[] order = [.. Enumerable.Range(0, 6)];
        random.Shuffle(order);

        // The random reduction comes before the one to the final size.
        (int second, int third) = (Array.IndexOf(order, 2), Array.IndexOf(order, 3));
        if (second > third)
        {
            (order[second], order[third]) = (order[third], order[second]);
        }

        foreach (int step in order)
        {
            steps.AddRange(step switch
            {
                0 or 1 => [Blur(random, left)],
                2 => [Reduction(random, left)],
                3 => [ToSize(random, height / scale, width / scale)],
                4 => [Noise(random)],
                _ => random.NextDouble() < JpegProbability ? [Jpeg(random, "jpeg")] : (DrawnStep[])[],
            });
        }

        steps.Add(Jpeg(random, "final jpeg"));
        return steps;
    }

    private static DrawnStep Blur(Random random, int scale)
    {
        int size = (2 * random.Next(2, 12)) + 3;
        if (random.NextDouble() < AnisotropicProbability)
        {
            // The lengths are variances along the axes.
            double one = Math.Max((4.0 + scale) * random.NextDouble(), 1e-3), two = Math.Max((4.0 + scale) * random.NextDouble(), 1e-3);
            double angle = random.NextDouble() * Math.PI;
            return Fitting("aniso", one, BlurKernel.Gaussian(size, Math.Sqrt(one), Math.Sqrt(two), angle));
        }

        double sigma = Math.Max((2.0 + (0.2 * scale)) * random.NextDouble(), 1e-3);
        return Fitting("iso", sigma, BlurKernel.Gaussian(size, sigma));
    }

    private static DrawnStep Reduction(Random random, int scale)
    {
        if (random.NextDouble() < RandomReductionProbability)
        {
            double factor = 1 + (random.NextDouble() * ((2 * scale) - 1));
            string filter = Filter(random);
            return new DrawnStep("reduce", factor, (image, _) => RandomResize.By(image, 1 / factor, filter));
        }

        double sigma = 0.1 + (random.NextDouble() * ((0.6 * scale) - 0.1));
        var kernel = BlurKernel.Gaussian(25, sigma);
        return new DrawnStep("nearest", sigma, (image, same) =>
        {
            using var scope = NewDisposeScope();
            Tensor blurred = KernelBlur.WhereItFits(image, kernel, same);
            long rows = Math.Max(image.shape[2] / scale, 1), columns = Math.Max(image.shape[3] / scale, 1);
            return RandomResize.To(blurred, rows, columns, "nearest").MoveToOuterDisposeScope();
        });
    }

    private static DrawnStep ToSize(Random random, long height, long width)
    {
        string filter = Filter(random);
        return new DrawnStep("size", 1, (image, _) => RandomResize.To(image, height, width, filter));
    }

    private static DrawnStep Noise(Random random)
    {
        int level = random.Next(LowestNoise, HighestNoise + 1);
        double kind = random.NextDouble();
        return kind > 0.6 ? DrawnStep.Of("color noise", level, new GaussianNoise(level) { Clip = true })
            : kind < 0.4 ? DrawnStep.Of("gray noise", level, new GaussianNoise(level) { Clip = true, Gray = true })
            : new DrawnStep("mixed noise", level, (image, own) => Mixed(image, level, own));
    }

    // Noise whose channels are correlated by a random covariance.
    private static Tensor Mixed(Tensor image, double level, Random random)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)random.NextInt64(), CPU);
        long channels = image.shape[1];
        Tensor turn = linalg.qr(rand([channels, channels], ScalarType.Float64, CPU, generator: generator)).Q;
        Tensor deviations = rand([channels, 1], ScalarType.Float64, CPU, generator: generator).sqrt();
        Tensor mix = turn.transpose(0, 1).matmul(deviations * turn).Times(level / byte.MaxValue);
        Tensor noise = randn([channels, image.shape[2] * image.shape[3]], ScalarType.Float64, CPU, generator: generator);
        Tensor added = mix.matmul(noise).reshape(image.shape).to(image.dtype).to(image.device);
        return image.Plus(added).Within(0, 1).MoveToOuterDisposeScope();
    }

    private static DrawnStep Jpeg(Random random, string kind)
    {
        int quality = random.Next(LowestQuality, HighestQuality + 1);
        return DrawnStep.Of(kind, quality, new JpegCompression(quality));
    }

    private static DrawnStep Fitting(string kind, double value, BlurKernel kernel) =>
        new(kind, value, (image, random) => KernelBlur.WhereItFits(image, kernel, random));

    private static string Filter(Random random) => random.Next(3) switch
    {
        0 => "bilinear",
        1 => "bicubic",
        _ => "area",
    };
}

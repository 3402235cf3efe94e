using System.Globalization;
using Mdf.Degradations;
using Mdf.Losses;
using static TorchSharp.torch;

namespace Reproduce;

/// <summary>The loss of distortions at equal PSNR: what a loss minds is what it values above others of the same error.</summary>
internal static class Sensitivity
{
    private const int Side = 160;
    private const int JpegQuality = 10;

    private static readonly double[] Levels = [20, 30, 40];

    // Each by a strength between two ends, neither of which any level is beyond.
    private static readonly (string Name, Func<double, Degradation> Family, double From, double To)[] Distortions =
    [
        ($"JPEG (quality {JpegQuality}, its error scaled)", s => new Blend(new JpegCompression(JpegQuality), s), 0, 100),
        ("blur (its error scaled)", s => new Blend(new DownUpBlur(), s), 0, 100),
        ("noise", s => new GaussianNoise(s), 0, 255),
        ("grating", s => new SinusoidalGrating(s), 0, 2),
        ("contrast", s => new ContrastChange(s), 1, 0),
        ("brightness", s => new BrightnessChange(s), 0, 1),
    ];

    /// <summary>Prints, for each file of discriminators, a table of the mean loss, and as a multiple of the row's geometric mean.</summary>
    public static int Run(IReadOnlyList<string> weights, IReadOnlyList<Tensor> images, CancellationToken cancellation)
    {
        foreach (string file in weights)
        {
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            using var loss = new MdfLoss(file);
            Console.WriteLine($"{Path.GetFileName(file)}, {images.Count} images: the loss, and in brackets its ratio to the geometric mean of the row");
            Console.WriteLine();
            Console.WriteLine($"| PSNR | {string.Join(" | ", Distortions.Select(d => d.Name))} |");
            Console.WriteLine($"| --- |{string.Concat(Enumerable.Repeat(" --- |", Distortions.Length))}");
            foreach (double level in Levels)
            {
                var values = new double?[Distortions.Length];
                for (int i = 0; i < values.Length; i++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    values[i] = Mean(loss, images, Distortions[i], level);
                }

                double mean = Math.Exp(values.Where(v => v > 0).Average(v => Math.Log(v!.Value)));
                IEnumerable<string> cells = values.Select(v => v is null
                    ? "not reached"
                    : string.Create(CultureInfo.InvariantCulture, $"{v:g3} ({v / mean:f2})"));
                Console.WriteLine($"| {level} dB | {string.Join(" | ", cells)} |");
            }

            Console.WriteLine();
        }

        return 0;
    }

    // Null if the distortion cannot be that strong on one of the images.
    private static double? Mean(MdfLoss loss, IReadOnlyList<Tensor> images, (string Name, Func<double, Degradation> Family, double From, double To) distortion, double level)
    {
        var values = new List<double>();
        foreach (Tensor whole in images)
        {
            using var scope = NewDisposeScope();
            Tensor image = Middle(whole);
            if (Strength(distortion, image, level) is not double strength)
            {
                return null;
            }

            values.Add(loss.call(distortion.Family(strength).Apply(image, new Random(1)), image).item<float>());
        }

        return values.Average();
    }

    // A picture of little contrast cannot lose enough of it.
    private static double? Strength((string Name, Func<double, Degradation> Family, double From, double To) distortion, Tensor image, double level)
    {
        try
        {
            return PsnrCalibration.FindStrength(distortion.Family, image, level, distortion.From, distortion.To, seed: 1).Strength;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static Tensor Middle(Tensor image)
    {
        long height = Math.Min(image.shape[2], Side), width = Math.Min(image.shape[3], Side);
        return image.narrow(2, (image.shape[2] - height) / 2, height).narrow(3, (image.shape[3] - width) / 2, width).contiguous();
    }
}

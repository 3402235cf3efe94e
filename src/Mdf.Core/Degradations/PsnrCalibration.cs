using Mdf.Imaging;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>
/// Finds how strong a degradation must be for a given peak signal-to-noise ratio, so that different distortions can be compared at equal
/// PSNR. The PSNR is that of the whole batch, <c>10 log10(1 / mean((d(x) - x)^2))</c>: pass images one by one to calibrate each.
/// </summary>
public static class PsnrCalibration
{
    /// <summary>How far a PSNR may be from the wanted one: 0.01 dB.</summary>
    public const double ToleranceDecibels = 0.01;

    private const int MaximumProbes = 100;

    /// <summary>Finds the strength by bisection. Every probe uses the same seed, so the result is reproducible.</summary>
    /// <param name="family">
    /// The degradation of a strength; its PSNR must rise or fall with the strength all the way between the two ends. Where it does so in
    /// steps, a <see cref="Blend"/> reaches what lies between them.
    /// </param>
    /// <param name="images">(N, C, H, W) of any floating-point type, on any device, values in [0, 1].</param>
    /// <param name="psnr">The wanted PSNR in decibels.</param>
    /// <param name="from">The strength at one end; it may be one that changes nothing.</param>
    /// <param name="to">The strength at the other end.</param>
    /// <param name="seed">The seed of every probe's randomness.</param>
    /// <returns>
    /// A strength whose PSNR is within <see cref="ToleranceDecibels"/>, or the nearest one found where there is none (in steps).
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The images are not as described, a number is not finite, or the wanted PSNR does not lie between those of the two ends.
    /// </exception>
    /// <exception cref="InvalidOperationException">A degradation changed the size of the images.</exception>
    public static CalibratedStrength FindStrength(
        Func<double, Degradation> family, Tensor images, double psnr, double from, double to, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(family);
        ImageBatch.Require(images, nameof(images));
        Settings.Require(from, true, "a finite strength", nameof(from));
        Settings.Require(to, true, "a finite strength", nameof(to));
        CalibratedStrength Probe(double strength) => new(strength, Psnr(family(strength), images, seed));

        CalibratedStrength low = Probe(from), high = Probe(to);
        RequireBetween(psnr, low.Psnr, high.Psnr);
        CalibratedStrength best = Nearer(low, high, psnr);
        for (int i = 0; i < MaximumProbes && Math.Abs(best.Psnr - psnr) > ToleranceDecibels; i++)
        {
            CalibratedStrength middle = Probe((low.Strength + high.Strength) / 2);
            if (middle.Strength == low.Strength || middle.Strength == high.Strength)
            {
                break;
            }

            best = Nearer(best, middle, psnr);
            (low, high) = (middle.Psnr > psnr) == (low.Psnr > psnr) ? (middle, high) : (low, middle);
        }

        return best;
    }

    /// <summary>Finds the JPEG quality whose PSNR is nearest to the wanted one.</summary>
    /// <param name="images">(N, C, H, W), C being 3 or 1, of any floating-point type, on any device, values in [0, 1].</param>
    /// <param name="psnr">The wanted PSNR in decibels.</param>
    /// <param name="subsampling">How finely colour is sampled.</param>
    /// <returns>The quality, 1 to 100, and its PSNR; a <see cref="Blend"/> reaches what lies between two qualities.</returns>
    /// <exception cref="ArgumentException">
    /// The images are not as described, or the wanted PSNR does not lie between those of quality 1 and 100.
    /// </exception>
    public static CalibratedStrength FindJpegQuality(
        Tensor images, double psnr, JpegChromaSubsampling subsampling = JpegChromaSubsampling.Samples420)
    {
        ImageBatch.Require(images, nameof(images));
        CalibratedStrength Probe(int quality)
            => new(quality, Psnr(new JpegCompression(quality) { Subsampling = subsampling }, images, seed: 0));

        CalibratedStrength low = Probe(1), high = Probe(100);
        RequireBetween(psnr, low.Psnr, high.Psnr);
        while (high.Strength - low.Strength > 1)
        {
            CalibratedStrength middle = Probe((int)(low.Strength + high.Strength) / 2);
            (low, high) = middle.Psnr > psnr ? (low, middle) : (middle, high);
        }

        return Nearer(low, high, psnr);
    }

    private static CalibratedStrength Nearer(CalibratedStrength one, CalibratedStrength other, double psnr)
        => Math.Abs(other.Psnr - psnr) < Math.Abs(one.Psnr - psnr) ? other : one;

    private static void RequireBetween(double psnr, double one, double other)
    {
        double lowest = Math.Min(one, other), highest = Math.Max(one, other);
        string expected = Settings.Text($"a PSNR of {lowest:f2} to {highest:f2} dB, those of the two ends");
        Settings.Require(psnr, psnr >= lowest && psnr <= highest, expected, nameof(psnr));
    }

    private static double Psnr(Degradation degradation, Tensor images, int seed)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor errors = degradation.ApplyKeepingSize(images, new Random(seed)).to(ScalarType.Float64) - images.to(ScalarType.Float64);
        return -10 * Math.Log10(errors.Squared().mean().item<double>());
    }
}

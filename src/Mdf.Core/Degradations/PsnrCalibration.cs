using Mdf.Guards;
using Mdf.Imaging;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>
/// Finds the strength at which a degradation has a given peak signal-to-noise ratio, so that different distortions can be compared at equal
/// PSNR. The PSNR is computed over the whole batch, <c>10 log10(1 / mean((d(x) - x)^2))</c>; pass single images to calibrate each of them.
/// </summary>
public static class PsnrCalibration
{
    /// <summary>Largest difference between the wanted PSNR and the PSNR found: 0.01 dB.</summary>
    public const double ToleranceDecibels = 0.01;

    private const int MaximumProbes = 100;

    /// <summary>Finds the strength by bisection. Each evaluation uses the same seed, so the result is reproducible.</summary>
    /// <param name="family">
    /// Creates the degradation of a strength. The PSNR must rise or fall monotonically between the two ends. If the PSNR changes in steps,
    /// a <see cref="Blend"/> can reach the values in between.
    /// </param>
    /// <param name="images">Images, (N, C, H, W), of any floating-point type, on any device, with values in [0, 1].</param>
    /// <param name="psnr">Wanted PSNR in decibels.</param>
    /// <param name="from">Strength at one end of the search range; it may change nothing.</param>
    /// <param name="to">Strength at the other end of the search range.</param>
    /// <param name="seed">Seed of the random numbers of each evaluation. Default: 0.</param>
    /// <returns>
    /// The strength whose PSNR is within <see cref="ToleranceDecibels"/>, or the nearest one found if the PSNR changes in steps.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The images are empty or have another shape or type, a number is not finite, or the wanted PSNR does not lie between the PSNRs of the
    /// two ends.
    /// </exception>
    /// <exception cref="InvalidOperationException">A degradation changed the size of the images.</exception>
    public static CalibratedStrength FindStrength(
        Func<double, Degradation> family, Tensor images, double psnr, double from, double to, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(family);
        ImageGuard.Batch(images, nameof(images));
        Guard.Finite(from, true, "a finite strength", nameof(from));
        Guard.Finite(to, true, "a finite strength", nameof(to));
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
    /// <param name="images">
    /// Images, (N, C, H, W), where C is 3 or 1, of any floating-point type, on any device, with values in [0, 1].
    /// </param>
    /// <param name="psnr">Wanted PSNR in decibels.</param>
    /// <param name="subsampling">Resolution of the colour channels. Default: 4:2:0.</param>
    /// <returns>The quality, 1 to 100, and its PSNR. A <see cref="Blend"/> can reach PSNRs between those of two qualities.</returns>
    /// <exception cref="ArgumentException">
    /// The images are empty or have another shape or type, or the wanted PSNR does not lie between those of qualities 1 and 100.
    /// </exception>
    public static CalibratedStrength FindJpegQuality(
        Tensor images, double psnr, JpegChromaSubsampling subsampling = JpegChromaSubsampling.Samples420)
    {
        ImageGuard.Batch(images, nameof(images));
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
        string expected = Settings.Text($"a PSNR of {lowest:f2} to {highest:f2} dB (the PSNRs at the two ends of the search range)");
        Guard.Finite(psnr, psnr >= lowest && psnr <= highest, expected, nameof(psnr));
    }

    private static double Psnr(Degradation degradation, Tensor images, int seed)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor errors = degradation.ApplyKeepingSize(images, new Random(seed)).to(ScalarType.Float64) - images.to(ScalarType.Float64);
        return -10 * Math.Log10(errors.Squared().mean().item<double>());
    }
}

using Mdf.Degradations;
using static TorchSharp.torch;

namespace Reproduce.Sensitivity;

/// <summary>A distortion of figures 7 and 8 of the paper's supplement, whose strength is chosen for a given PSNR.</summary>
/// <param name="Name">Name of the distortion.</param>
/// <param name="AtPsnr">
/// Returns the distortion that gives an image a PSNR in decibels; null if the distortion cannot be that strong.
/// </param>
internal sealed record Distortion(string Name, Func<Tensor, double, Degradation?> AtPsnr)
{
    // Stronger blur hardly changes a photograph any more; its error is scaled instead.
    private const double LargestBlur = 8;
    private const double LargestScaling = 100;

    /// <summary>Seeds random distortions.</summary>
    public const int Seed = 1;

    /// <summary>All distortions.</summary>
    public static IReadOnlyList<Distortion> All { get; } =
    [
        new("blur", Blur),
        new("noise", (image, psnr) => Calibrated(s => new GaussianNoise(s), image, psnr, 0, 2550)),
        new("grating", (image, psnr) => Calibrated(s => new SinusoidalGrating(s), image, psnr, 0, 10)),
        new("contrast", (image, psnr) => Calibrated(s => new ContrastChange(s), image, psnr, 1, 0)),
        new("brightness", (image, psnr) => Calibrated(s => new BrightnessChange(s), image, psnr, 0, 1)),
        new("JPEG", Jpeg),
    ];

    /// <summary>Distorts an image with the random numbers of its calibration.</summary>
    public static Tensor Apply(Degradation degradation, Tensor image) => degradation.Apply(image, new Random(Seed));

    /// <summary>Returns the PSNR in decibels of a distorted image.</summary>
    public static double PsnrOf(Degradation degradation, Tensor image)
    {
        using var scope = NewDisposeScope();
        Tensor errors = Apply(degradation, image).to(ScalarType.Float64) - image.to(ScalarType.Float64);
        return -10 * Math.Log10(errors.square().mean().item<double>());
    }

    private static Degradation? Blur(Tensor image, double psnr)
    {
        var strongest = new GaussianBlur(LargestBlur);
        return PsnrOf(strongest, image) <= psnr
            ? Calibrated(s => new GaussianBlur(s), image, psnr, 0, LargestBlur)
            : Calibrated(s => new Blend(strongest, s), image, psnr, 1, LargestScaling);
    }

    // Quality is an integer, so the quality nearest to the PSNR is taken and its error is scaled to reach the PSNR exactly.
    private static Degradation? Jpeg(Tensor image, double psnr)
    {
        var compression = new JpegCompression(
            psnr <= PsnrOf(new JpegCompression(1), image) ? 1
            : psnr >= PsnrOf(new JpegCompression(100), image) ? 100
            : (int)PsnrCalibration.FindJpegQuality(image, psnr).Strength);
        return Calibrated(s => new Blend(compression, s), image, psnr, 0, LargestScaling);
    }

    private static Degradation? Calibrated(Func<double, Degradation> family, Tensor image, double psnr, double from, double to)
    {
        double strongest = PsnrOf(family(to), image);
        if (!(strongest <= psnr))
        {
            return null;
        }

        CalibratedStrength found = PsnrCalibration.FindStrength(family, image, psnr, from, to, Seed);
        return Math.Abs(found.Psnr - psnr) <= PsnrCalibration.ToleranceDecibels ? family(found.Strength) : null;
    }
}

using Mdf.Data;

namespace Mdf.Training.Restoration;

/// <summary>Scores of restored images and of their degraded versions: for each image, and as means over all images.</summary>
public sealed record RestorationScores
{
    /// <summary>Names of the metrics that need not be asked for.</summary>
    internal static readonly IReadOnlyList<string> Usual = ["psnr", "ssim", "lpips"];

    internal RestorationScores(IReadOnlyList<ImageScores> images, IReadOnlyList<SkippedImage> skipped)
    {
        Images = images;
        Skipped = skipped;
    }

    /// <summary>Scores of each image.</summary>
    public IReadOnlyList<ImageScores> Images { get; }

    /// <summary>Images that could not be evaluated, with the reasons.</summary>
    public IReadOnlyList<SkippedImage> Skipped { get; }

    /// <summary>Mean PSNR of the restored images, in dB.</summary>
    public double Psnr => Images.Average(i => i.Psnr);

    /// <summary>Mean SSIM of the restored images.</summary>
    public double Ssim => Images.Average(i => i.Ssim);

    /// <summary>Mean LPIPS of the restored images; null if not measured.</summary>
    public double? Lpips => Images.Average(i => i.Lpips);

    /// <summary>Mean values of <see cref="RestorationEvaluationOptions.Additional"/> for the restored images, by name.</summary>
    public IReadOnlyDictionary<string, double> Additional =>
        Images[0].Additional.Keys.ToDictionary(name => name, name => Images.Average(i => i.Additional[name]));

    /// <summary>Mean PSNR of the degraded images, in dB.</summary>
    public double DegradedPsnr => Images.Average(i => i.DegradedPsnr);

    /// <summary>Mean SSIM of the degraded images.</summary>
    public double DegradedSsim => Images.Average(i => i.DegradedSsim);

    /// <summary>Whether the restored images have a lower mean PSNR than the degraded images, so that the network does harm.</summary>
    public bool IsWorseThanDegraded => Psnr < DegradedPsnr;

    /// <summary>Returns the mean of a metric: <c>psnr</c>, <c>ssim</c>, <c>lpips</c> or an additional one.</summary>
    internal double Mean(string name) => name switch
    {
        "psnr" => Psnr,
        "ssim" => Ssim,
        "lpips" => Lpips!.Value,
        _ => Additional[name],
    };
}

using Mdf.Data;

namespace Mdf.Training.Restoration;

/// <summary>How near restored images come to their references: means over images.</summary>
public sealed record RestorationScores
{
    internal RestorationScores(IReadOnlyList<ImageScores> images, IReadOnlyList<SkippedImage> skipped)
    {
        Images = images;
        Skipped = skipped;
    }

    /// <summary>Each image's.</summary>
    public IReadOnlyList<ImageScores> Images { get; }

    /// <summary>The images that could not be measured.</summary>
    public IReadOnlyList<SkippedImage> Skipped { get; }

    /// <summary>The mean PSNR of restored images, in dB.</summary>
    public double Psnr => Images.Average(i => i.Psnr);

    /// <summary>The mean SSIM of restored images.</summary>
    public double Ssim => Images.Average(i => i.Ssim);

    /// <summary>The mean LPIPS of restored images; null if it was not measured.</summary>
    public double? Lpips => Images.Average(i => i.Lpips);

    /// <summary>The mean PSNR of degraded images, in dB.</summary>
    public double DegradedPsnr => Images.Average(i => i.DegradedPsnr);

    /// <summary>The mean SSIM of degraded images.</summary>
    public double DegradedSsim => Images.Average(i => i.DegradedSsim);
}

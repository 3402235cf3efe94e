namespace Mdf.Training.Restoration;

/// <summary>
/// Scores of a restored image and of its degraded version, both compared with the reference. A smaller degraded image is first upscaled by
/// bicubic interpolation.
/// </summary>
/// <param name="Name">Name of the image.</param>
/// <param name="Psnr">PSNR of the restored image, in dB, at most <see cref="Mdf.Metrics.Psnr.EightBitLimit"/>; higher is better.</param>
/// <param name="Ssim">SSIM of the restored image, at most 1; higher is better.</param>
/// <param name="Lpips">LPIPS of the restored image, 0 or more; lower is better. Null if not measured.</param>
/// <param name="DegradedPsnr">PSNR of the degraded image, in dB, at most <see cref="Mdf.Metrics.Psnr.EightBitLimit"/>.</param>
/// <param name="DegradedSsim">SSIM of the degraded image, at most 1.</param>
public sealed record ImageScores(string Name, double Psnr, double Ssim, double? Lpips, double DegradedPsnr, double DegradedSsim)
{
    /// <summary>Values of <see cref="RestorationEvaluationOptions.Additional"/> for the restored image, by name.</summary>
    public IReadOnlyDictionary<string, double> Additional { get; init; } = new Dictionary<string, double>();
}

namespace Mdf.Training.Restoration;

/// <summary>How near a restored image comes to its reference, and how near the degraded one was (enlarged by bicubic interpolation, if it is smaller).</summary>
/// <param name="Name">The image's name.</param>
/// <param name="Psnr">Of the restored image, in dB.</param>
/// <param name="Ssim">Of the restored image, at most 1.</param>
/// <param name="Lpips">Of the restored image, lower is better; null if it was not measured.</param>
/// <param name="DegradedPsnr">Of the degraded image, in dB.</param>
/// <param name="DegradedSsim">Of the degraded image, at most 1.</param>
public sealed record ImageScores(string Name, double Psnr, double Ssim, double? Lpips, double DegradedPsnr, double DegradedSsim);

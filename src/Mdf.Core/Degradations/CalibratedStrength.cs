namespace Mdf.Degradations;

/// <summary>What <see cref="PsnrCalibration"/> found.</summary>
/// <param name="Strength">The strength, or the JPEG quality.</param>
/// <param name="Psnr">The PSNR it gives, in decibels; infinite where it changes nothing.</param>
public readonly record struct CalibratedStrength(double Strength, double Psnr);

namespace Mdf.Degradations;

/// <summary>Result of a <see cref="PsnrCalibration"/>.</summary>
/// <param name="Strength">Strength of the degradation, or JPEG quality.</param>
/// <param name="Psnr">PSNR at this strength, in decibels; infinite if the degradation changes nothing.</param>
public readonly record struct CalibratedStrength(double Strength, double Psnr);

namespace Mdf.Losses;

/// <summary>The restoration tasks of the MDF paper (Mustafa et al., WACV 2022).</summary>
public enum RestorationTask
{
    /// <summary>Removal of JPEG compression artefacts.</summary>
    JpegRemoval,

    /// <summary>Removal of Gaussian noise.</summary>
    Denoising,

    /// <summary>Single-image super-resolution.</summary>
    SuperResolution,
}

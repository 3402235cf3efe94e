namespace Mdf.Losses;

/// <summary>The restoration tasks of the paper.</summary>
public enum RestorationTask
{
    /// <summary>Removal of JPEG's artefacts.</summary>
    JpegRemoval,

    /// <summary>Removal of Gaussian noise.</summary>
    Denoising,

    /// <summary>Single-image super-resolution.</summary>
    SuperResolution,
}

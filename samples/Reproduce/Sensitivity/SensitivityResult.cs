namespace Reproduce.Sensitivity;

/// <summary>The loss of each image, at each level and distortion.</summary>
/// <param name="Cells">One for each level of each distortion.</param>
internal sealed record SensitivityResult(IReadOnlyList<SensitivityCell> Cells)
{
    /// <summary>The seed of distortions that are random; null in results from before it was kept.</summary>
    public int? Seed { get; init; }
}

/// <summary>A distortion at a level.</summary>
/// <param name="Distortion">Its name.</param>
/// <param name="Level">The PSNR it is to have.</param>
/// <param name="Losses">The loss of each image; null where the distortion cannot be that strong.</param>
/// <param name="Psnr">The PSNR that each image has.</param>
internal sealed record SensitivityCell(string Distortion, double Level, IReadOnlyList<double?> Losses, IReadOnlyList<double?> Psnr)
{
    /// <summary>What each image was distorted by, with its strength; null in results from before it was kept.</summary>
    public IReadOnlyList<string?>? Applied { get; init; }
}

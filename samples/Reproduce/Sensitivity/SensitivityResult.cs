namespace Reproduce.Sensitivity;

/// <summary>The result of a sensitivity experiment: the loss of each image for each distortion and level.</summary>
/// <param name="Cells">One cell for each level of each distortion.</param>
internal sealed record SensitivityResult(IReadOnlyList<SensitivityCell> Cells)
{
    /// <summary>Seed of the random distortions; null in old results that lack this value.</summary>
    public int? Seed { get; init; }
}

/// <summary>Results for a distortion at a level.</summary>
/// <param name="Distortion">Name of the distortion.</param>
/// <param name="Level">Target PSNR in decibels.</param>
/// <param name="Losses">Loss of each image; null where the distortion cannot be that strong.</param>
/// <param name="Psnr">Actual PSNR of each image in decibels; null where the distortion cannot be that strong.</param>
internal sealed record SensitivityCell(string Distortion, double Level, IReadOnlyList<double?> Losses, IReadOnlyList<double?> Psnr)
{
    /// <summary>Distortion of each image with its strength, as text; null in old results that lack this value.</summary>
    public IReadOnlyList<string?>? Applied { get; init; }
}

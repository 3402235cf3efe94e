using Reproduce.Sensitivity;

namespace Reproduce.Report;

/// <summary>The values of a loss for all distortions at one PSNR, over the images that can have all distortions.</summary>
/// <param name="Level">PSNR in decibels.</param>
/// <param name="Images">Number of images.</param>
/// <param name="Ratios">Each distortion's mean loss, and its ratio to the geometric mean over the distortions.</param>
/// <param name="Losses">Loss of each image, by distortion.</param>
internal sealed record SensitivityLevel(
    double Level,
    int Images,
    IReadOnlyList<(string Distortion, double Loss, double Ratio)> Ratios,
    IReadOnlyDictionary<string, IReadOnlyList<double>> Losses)
{
    public static IReadOnlyList<SensitivityLevel> Of(SensitivityResult result) =>
        [.. result.Cells.Select(c => c.Level).Distinct().Select(l => At(result, l)).OfType<SensitivityLevel>()];

    private static SensitivityLevel? At(SensitivityResult result, double level)
    {
        SensitivityCell[] cells = [.. result.Cells.Where(c => c.Level == level)];
        int[] common = [.. Enumerable.Range(0, cells[0].Losses.Count).Where(i => cells.All(c => c.Losses[i] is not null))];
        if (common.Length == 0)
        {
            return null;
        }

        var losses = cells.ToDictionary(c => c.Distortion, IReadOnlyList<double> (c) => [.. common.Select(i => c.Losses[i]!.Value)]);
        (string Distortion, double Loss)[] means = [.. cells.Select(c => (c.Distortion, losses[c.Distortion].Average()))];
        double middle = Math.Exp(means.Average(m => Math.Log(Math.Max(m.Loss, 1e-300))));
        return new SensitivityLevel(level, common.Length, [.. means.Select(m => (m.Distortion, m.Loss, m.Loss / middle))], losses);
    }
}

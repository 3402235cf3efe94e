using Reproduce.Losses;
using Reproduce.Sensitivity;
using static Reproduce.Report.Numbers;

namespace Reproduce.Report.Claims;

/// <summary>
/// Checks the claims that, among distortions of equal PSNR, MDF is most sensitive to the ones that the paper names for its task.
/// </summary>
internal static class SensitivityClaims
{
    private const string Blur = "blur";

    // Weights are recognised by a part of their name, which occurs in this library's and in the authors' file names.
    private static readonly (string Task, string Name, string[] Minded)[] Expected =
    [
        ("JPEG removal", "jpeg", ["contrast"]),
        ("super-resolution", "sisr", [Blur]),
        ("denoising", "denois", [Blur, "noise"]),
    ];

    public static IEnumerable<Claim> Of(ReportData data) => Expected.SelectMany(expected =>
    {
        Claim[] claims =
        [
            .. data.Sensitivities
                .Where(s => s.Description.Loss.Name == LossNames.Mdf
                    && s.Description.Loss.Weights?.Contains(expected.Name, StringComparison.OrdinalIgnoreCase) == true)
                .Select(s => Of(data.TitleOf(s.Description), expected.Minded, s.Result)),
        ];
        return claims.Length > 0
            ? claims
            : [Claim.NotTested(Statement($"MDF for {expected.Task}", expected.Minded), "`sensitivity` was not run with such weights")];
    });

    private static string Statement(string loss, string[] minded) =>
        $"At equal PSNR, {loss} is most sensitive to {string.Join(" and ", minded)}";

    private static Claim Of(string loss, string[] minded, SensitivityResult result)
    {
        string statement = Statement(loss, minded);
        SensitivityLevel[] levels = [.. SensitivityLevel.Of(result).Where(l => l.Images > 1)];
        if (levels.Length == 0)
        {
            return Claim.NotTested(statement, "at no level can more than one image have all distortions");
        }

        Verdict[] verdicts = [.. levels.Select(l => Comparison.ThatAllAreBetter([.. Comparisons(l, minded)]))];
        Verdict verdict = verdicts.All(v => v == Verdict.Held) ? Verdict.Held
            : verdicts.Contains(Verdict.DidNotHold) && !verdicts.Contains(Verdict.Held) ? Verdict.DidNotHold : Verdict.Open;
        int held = verdicts.Count(v => v == Verdict.Held), refuted = verdicts.Count(v => v == Verdict.DidNotHold);
        return new Claim(
            statement,
            verdict,
            $"significant at {held} of {levels.Length} levels, the contrary significant at {refuted}; "
            + $"the three largest losses, as multiples of the level's geometric mean: {string.Join("; ", levels.Select(First))}");
    }

    // Compares each distortion that the claim names with each other distortion, image by image.
    private static IEnumerable<Comparison> Comparisons(SensitivityLevel level, string[] minded) =>
        from one in minded
        from other in level.Losses.Keys.Except(minded)
        select Comparison.Of(level.Losses[one], level.Losses[other]);

    private static string First(SensitivityLevel level)
    {
        IEnumerable<string> largest =
            level.Ratios.OrderByDescending(r => r.Ratio).Take(3).Select(r => $"{r.Distortion} {Text(r.Ratio, 2)}");
        return $"{Text(level.Level, 0)} dB: {string.Join(", ", largest)}";
    }
}

using Reproduce.Losses;
using Reproduce.Sensitivity;
using static Reproduce.Report.Numbers;

namespace Reproduce.Report.Claims;

/// <summary>That of distortions of equal PSNR, MDF minds those most that its task is about.</summary>
internal static class SensitivityClaims
{
    private const string Blur = "blur";

    // By what the names of weights have in them, ours and the authors'.
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
                .Where(s => s.Description.Loss.Name == LossNames.Mdf && s.Description.Loss.Weights?.Contains(expected.Name, StringComparison.OrdinalIgnoreCase) == true)
                .Select(s => Of(data.TitleOf(s.Description), expected.Minded, s.Result)),
        ];
        return claims.Length > 0 ? claims : [Claim.NotTested(Statement($"MDF for {expected.Task}", expected.Minded), "`sensitivity` was not run with such weights")];
    });

    private static string Statement(string loss, string[] minded) => $"Of distortions of equal PSNR, {loss} minds {string.Join(" and ", minded)} most";

    private static Claim Of(string loss, string[] minded, SensitivityResult result)
    {
        string statement = Statement(loss, minded);
        SensitivityLevel[] levels = [.. SensitivityLevel.Of(result).Where(l => l.Images > 1)];
        if (levels.Length == 0)
        {
            return Claim.NotTested(statement, "at no level can two images have all distortions");
        }

        Verdict[] verdicts = [.. levels.Select(l => Comparison.ThatAllAreBetter([.. Comparisons(l, minded)]))];
        Verdict verdict = verdicts.All(v => v == Verdict.Held) ? Verdict.Held
            : verdicts.Contains(Verdict.DidNotHold) && !verdicts.Contains(Verdict.Held) ? Verdict.DidNotHold : Verdict.Open;
        return new Claim(statement, verdict,
            $"significantly so at {verdicts.Count(v => v == Verdict.Held)} of {levels.Length} levels, significantly not at {verdicts.Count(v => v == Verdict.DidNotHold)}; "
            + $"the first three, as multiples of the level's geometric mean: {string.Join("; ", levels.Select(First))}");
    }

    // Each that is to be minded, against each that is not, image by image.
    private static IEnumerable<Comparison> Comparisons(SensitivityLevel level, string[] minded) =>
        from one in minded
        from other in level.Losses.Keys.Except(minded)
        select Comparison.Of(level.Losses[one], level.Losses[other]);

    private static string First(SensitivityLevel level) =>
        $"{Text(level.Level, 0)} dB: {string.Join(", ", level.Ratios.OrderByDescending(r => r.Ratio).Take(3).Select(r => $"{r.Distortion} {Text(r.Ratio, 2)}"))}";
}

using System.Globalization;
using Reproduce.Experiments;
using Reproduce.Manifold;

namespace Reproduce.Report.Claims;

/// <summary>
/// Checks the claims that features tell only the distortion of their task from originals, by classification accuracy and without a test.
/// </summary>
internal static class ManifoldClaims
{
    private const double Apart = 0.9;
    private const double Together = 0.7;
    private const string OfMdf = "tells JPEG from originals, but not blurred or scrambled images";
    private const string OfSrgan = "The discriminator of SRGAN tells scrambled images from originals, but not JPEG";
    private const string NotRun = "`manifold` was not run with such features";

    public static IReadOnlyList<Claim> Of(ReportData data)
    {
        Claim[] mdf =
        [
            .. data.Manifolds.Where(m => !IsSrgan(m) && m.Description.Features.Contains("jpeg", StringComparison.OrdinalIgnoreCase))
                .Select(m => Of($"{data.TitleOf(m.Description)}: {OfMdf}", m.Result, apart: [0], together: [1, 2])),
        ];
        Claim[] srgan = [.. data.Manifolds.Where(IsSrgan).Select(m => Of(OfSrgan, m.Result, apart: [2], together: [0]))];
        return
        [
            .. mdf.Length > 0 ? mdf : [Claim.NotTested($"MDF for JPEG removal {OfMdf}", NotRun)],
            .. srgan.Length > 0 ? srgan : [Claim.NotTested(OfSrgan, NotRun)],
        ];
    }

    private static bool IsSrgan(ExperimentRecord<ManifoldDescription, ManifoldResult> run) =>
        run.Description.Features == FeatureSource.SrganTitle;

    private static Claim Of(string statement, ManifoldResult result, int[] apart, int[] together)
    {
        double[] high = [.. apart.Select(i => result.Pairs[i].Neighbors)], low = [.. together.Select(i => result.Pairs[i].Neighbors)];
        Verdict verdict = high.All(a => a >= Apart) && low.All(t => t <= Together) ? Verdict.Held
            : high.Any(a => a <= Together) || low.Any(t => t >= Apart) ? Verdict.DidNotHold : Verdict.Open;
        string accuracies = string.Join(", ", result.Pairs.Select(
            p => string.Create(CultureInfo.InvariantCulture, $"{p.Distortion}: {100 * p.Neighbors:f0} %")));
        return new Claim(statement, verdict, string.Create(
            CultureInfo.InvariantCulture,
            $"accuracy of nearest neighbours (half is chance): {accuracies} (not a test: {100 * Apart:f0} % and more counts as told apart, "
            + $"{100 * Together:f0} % and less as not, limits chosen here)"));
    }
}

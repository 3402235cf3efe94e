using System.Globalization;
using Mdf.Experiments;
using Mdf.Statistics;
using Reproduce.Manifold;
using Reproduce.Sensitivity;
using Reproduce.Trainings;

namespace Reproduce.Report;

/// <summary>What the paper says, checked against the results; tests are one-tailed, at 0.05.</summary>
internal static class Claims
{
    private const double Significant = 0.05;
    private const double Separated = 0.9;
    private const double Together = 0.7;
    private const double SmallDifference = 0.1;

    public static IReadOnlyList<Claim> Of(ReportData data) =>
    [
        .. data.Tables.Where(t => t.Images > 1 && t.Ours is not null && t.Columns.Any(c => !c.IsMdf)).Select(HighestPsnr),
        .. from table in data.Scales
           where table.Images > 1
           from weights in table.Columns.GroupBy(c => c.Label)
           where weights.Count() > 1
           select MoreScales(table.Title, weights.Key, [.. weights.OrderBy(c => c.Loss!.Scales)]),
        .. data.Seeds.Where(s => s.Images > 1 && s.Columns.Count > 1).Select(OneSeed),
        .. data.Features.Where(f => f.Images > 1).Select(Trained).OfType<Claim>(),
        .. data.Sensitivities.Where(s => s.Description.Loss.Name == Losses.LossNames.Mdf).Select(FirstInSensitivity).OfType<Claim>(),
        .. data.Manifolds.Select(SeparatesItsTask).OfType<Claim>(),
    ];

    private static Claim HighestPsnr(TableView table)
    {
        TableColumn ours = table.Ours!;
        (TableColumn Column, double Difference, double Better, double Worse)[] others =
        [
            .. from column in table.Columns
               where !column.IsMdf
               let test = TTest.Paired(ours.Run.Psnr, column.Run.Psnr)
               select (column, ours.Run.Psnr.Average() - column.Run.Psnr.Average(), test.Probability, TTest.Paired(ours.Run.Psnr, column.Run.Psnr, Alternative.Less).Probability),
        ];
        Verdict verdict = others.All(o => o.Better <= Significant) ? Verdict.Held
            : others.Any(o => o.Worse <= Significant) ? Verdict.DidNotHold : Verdict.Open;
        TableColumn nearest = others.MinBy(o => o.Difference).Column;
        string evidence = string.Create(CultureInfo.InvariantCulture,
            $"{ours.Label} {ours.Run.Psnr.Average():f2} dB; against the best other, {nearest.Label}, {Interval(ours.Run.Psnr, nearest.Run.Psnr)}; significantly better than {others.Count(o => o.Better <= Significant)} of {others.Length} losses, worse than {others.Count(o => o.Worse <= Significant)}");
        return new Claim($"{table.Title}: MDF gives the highest PSNR", verdict, evidence);
    }

    private static Claim MoreScales(string title, string loss, TableColumn[] columns)
    {
        EvaluationResult most = columns[^1].Run;
        bool isBest = columns.SkipLast(1).All(c => TTest.Paired(most.Psnr, c.Run.Psnr).Probability <= Significant);
        bool isWorse = columns.SkipLast(1).Any(c => TTest.Paired(most.Psnr, c.Run.Psnr, Alternative.Less).Probability <= Significant);
        string values = string.Join(", ", columns.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Loss!.Scales}: {c.Run.Psnr.Average():f2}")));
        return new Claim(
            $"{title}: {loss} gives the highest PSNR with all scales", isBest ? Verdict.Held : isWorse ? Verdict.DidNotHold : Verdict.Open, $"dB by scales: {values}");
    }

    private static Claim OneSeed(TableView table)
    {
        TableColumn[] columns = [.. table.Columns.OrderBy(c => c.Loss!.SeedImages)];
        ConfidenceInterval gain = Gain(columns[^1].Run.Psnr, columns[0].Run.Psnr);
        Verdict verdict = gain.High < SmallDifference ? Verdict.Held : gain.Low > SmallDifference ? Verdict.DidNotHold : Verdict.Open;
        return new Claim($"{table.Title}: one seed image is enough", verdict, string.Create(CultureInfo.InvariantCulture,
            $"{columns[^1].Loss!.SeedImages} images instead of {columns[0].Loss!.SeedImages}: {gain.Estimate:+0.00;-0.00} dB [{gain.Low:f2}, {gain.High:f2}]"));
    }

    // Not in the paper, which does not compare with untrained discriminators.
    private static Claim? Trained(TableView table)
    {
        TableColumn? untrained = table.Columns.FirstOrDefault(c => c.Loss!.Weights?.StartsWith("untrained", StringComparison.Ordinal) == true);
        TableColumn? trained = table.Columns.FirstOrDefault(c => c.Loss!.Weights == table.Application.PackagedWeights && c.Loss.Scales == untrained?.Loss!.Scales);
        if (untrained is null || trained is null)
        {
            return null;
        }

        bool isBetter = TTest.Paired(trained.Run.Psnr, untrained.Run.Psnr).Probability <= Significant;
        bool isWorse = TTest.Paired(trained.Run.Psnr, untrained.Run.Psnr, Alternative.Less).Probability <= Significant;
        return new Claim(
            $"{table.Title}: training the discriminators raises the PSNR (not tested in the paper)",
            isBetter ? Verdict.Held : isWorse ? Verdict.DidNotHold : Verdict.Open,
            $"trained against untrained {Interval(trained.Run.Psnr, untrained.Run.Psnr)}");
    }

    private static Claim? FirstInSensitivity(ExperimentRecord<SensitivityDescription, SensitivityResult> run)
    {
        string weights = run.Description.Loss.Weights ?? "";
        string[]? expected = weights.Contains("jpeg", StringComparison.OrdinalIgnoreCase) ? ["contrast"]
            : weights.Contains("sisr", StringComparison.OrdinalIgnoreCase) ? ["blur"]
            : weights.Contains("denois", StringComparison.OrdinalIgnoreCase) ? ["blur", "noise"] : null;
        if (expected is null)
        {
            return null;
        }

        IReadOnlyList<SensitivityLevel> levels = SensitivityLevel.Of(run.Result);
        if (levels.Count == 0)
        {
            return null;
        }

        int[] first = [.. levels.Select(l => l.Ratios.OrderByDescending(r => r.Ratio).Take(expected.Length).All(r => expected.Contains(r.Distortion)) ? 1 : 0)];
        string evidence = string.Join("; ", levels.Select(l => string.Create(CultureInfo.InvariantCulture,
            $"{l.Level} dB: {string.Join(", ", l.Ratios.OrderByDescending(r => r.Ratio).Take(3).Select(r => $"{r.Distortion} {r.Ratio.ToString("f2", CultureInfo.InvariantCulture)}"))}")));
        return new Claim(
            $"Of distortions of equal PSNR, MDF ({weights}) minds {string.Join(" and ", expected)} most",
            first.All(f => f == 1) ? Verdict.Held : first.All(f => f == 0) ? Verdict.DidNotHold : Verdict.Open,
            $"the first three, as multiples of the level's geometric mean: {evidence}");
    }

    private static Claim? SeparatesItsTask(ExperimentRecord<ManifoldDescription, ManifoldResult> run)
    {
        bool isSrgan = run.Description.Features == FeatureSource.SrganTitle;
        if (!isSrgan && !run.Description.Features.Contains("jpeg", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        ManifoldPair jpeg = run.Result.Pairs[0], blurred = run.Result.Pairs[1], scrambled = run.Result.Pairs[2];
        double[] apart = isSrgan ? [scrambled.Neighbors] : [jpeg.Neighbors], together = isSrgan ? [jpeg.Neighbors] : [blurred.Neighbors, scrambled.Neighbors];
        Verdict verdict = apart.All(a => a >= Separated) && together.All(t => t <= Together) ? Verdict.Held
            : apart.Any(a => a < Together) || together.Any(t => t >= Separated) ? Verdict.DidNotHold : Verdict.Open;
        string evidence = string.Join(", ", run.Result.Pairs.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Distortion}: {p.Neighbors:p0}")));
        return new Claim(
            isSrgan ? "The discriminator of SRGAN tells scrambled images from originals, but not JPEG" : $"{run.Description.Features}: tells JPEG from originals, and neither blurred nor scrambled images",
            verdict,
            $"accuracy of nearest neighbours (half is chance): {evidence}");
    }

    private static ConfidenceInterval Gain(IReadOnlyList<double> one, IReadOnlyList<double> other) =>
        Bootstrap.Interval([.. one.Zip(other, (a, b) => a - b)], SampleStatistics.Mean);

    private static string Interval(IReadOnlyList<double> one, IReadOnlyList<double> other)
    {
        ConfidenceInterval gain = Gain(one, other);
        return string.Create(CultureInfo.InvariantCulture, $"{gain.Estimate:+0.00;-0.00} dB [{gain.Low:f2}, {gain.High:f2}]");
    }
}

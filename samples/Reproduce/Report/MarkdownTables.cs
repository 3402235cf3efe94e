using System.Globalization;
using System.Text;
using Reproduce.Report.Claims;
using Reproduce.Report.Sections;
using Reproduce.Statistics;
using Reproduce.Trainings;
using static Reproduce.Report.Numbers;

namespace Reproduce.Report;

/// <summary>Writes the report's tables as Markdown.</summary>
internal static class MarkdownTables
{
    public static string Of(ReportData data)
    {
        var text = new StringBuilder();
        Presets(text, data);
        Claimed(text, data);
        foreach (TableView table in data.Tables)
        {
            Heading(text, table.Title);
            Settings(text, table);
            Losses(text, table, c => c.Label, isPaperKnown: true);
        }

        Pools(text, data);
        Budgets(text, data);
        foreach (TableView table in data.Scales)
        {
            Heading(text, $"Scales: {table.Title}");
            Losses(
                text,
                table,
                c => $"{c.Label}, {c.Loss!.Scales} {(c.Loss.Scales == 1 ? "scale" : "scales")}{PaperOf(c)}",
                isPaperKnown: false);
        }

        foreach (TableView table in data.Seeds)
        {
            Heading(text, $"Seed images: {table.Title}");
            Losses(text, table, c => $"MDF, {c.Weights}", isPaperKnown: false);
        }

        foreach (TableView table in data.Lambdas)
        {
            Heading(text, $"Mixing with L2: {table.Title}");
            Losses(
                text,
                table,
                c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} ({c.Weights}), factor {c.Loss!.Factor}"),
                isPaperKnown: false);
        }

        foreach (TableView table in data.Features)
        {
            Heading(text, $"Trained and untrained discriminators: {table.Title}");
            Differences(text, table with { Columns = [.. table.Columns.Where(c => !c.IsMdf || c.HasAllScales)] });
        }

        Sensitivities(text, data);
        Spectra(text, data);
        Manifolds(text, data);
        return text.ToString();
    }

    private static void Presets(StringBuilder text, ReportData data)
    {
        foreach (PresetUse use in data.Presets)
        {
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"Preset `{use.Preset.Name}`. {use.Preset.Remark}").AppendLine();
            if (use.Departures.Count > 0)
            {
                text.AppendLine().AppendLine("Differences from the preset:").AppendLine();
                List(text, use.Departures);
            }
        }

        if (data.Count > 0)
        {
            text.AppendLine().AppendLine("Run with:").AppendLine();
            List(text, EnvironmentText.Of(data.Environments));
        }
    }

    private static void Claimed(StringBuilder text, ReportData data)
    {
        Heading(text, "What held");
        text.AppendLine(PaperClaims.Method).AppendLine();
        Row(text, "Claim", "Verdict", "Numbers");
        Rule(text, 3);
        foreach (Claim claim in PaperClaims.Of(data))
        {
            string word = ClaimsSection.Word(claim.Verdict);
            Row(text, claim.Statement, claim.Verdict == Verdict.DidNotHold ? $"**{word}**" : word, claim.Evidence);
        }
    }

    private static void Settings(StringBuilder text, TableView table)
    {
        var training = table.Training;
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{table.Images} test images; {NetworkText.Of(training.Network)}; "
            + $"{training.Steps} steps of {training.Batch} crops of {training.Patch} x {training.Patch}; "
            + $"trained on {training.Data.Count} images of {training.Data.Name}; seed {training.Seed}. "
            + $"Best in bold, second best in italics.").AppendLine();
    }

    private static void Losses(StringBuilder text, TableView table, Func<TableColumn, string> name, bool isPaperKnown)
    {
        var measures = Measures.Where(m => table.Columns.Any(c => m.Of(c.Run) is not null)).ToArray();
        string[] heads =
        [
            "Loss",
            .. measures.Select(m => m.Unit.Length > 0 ? $"{m.Name} ({m.Unit})" : m.Name),
            "PSNR, 5th percentile",
            .. table.Ours is { } ours ? new[] { $"p, {ours.Label} better in PSNR" } : [],
            .. isPaperKnown ? new[] { "Paper, PSNR / LPIPS" } : [],
        ];
        Row(text, heads);
        Rule(text, heads.Length);
        TableColumn[] rows = [.. table.Unrestored is null ? [] : new[] { table.Unrestored }, .. table.Columns];
        foreach (TableColumn column in rows)
        {
            int index = table.Columns.ToList().IndexOf(column);
            IEnumerable<string> values = measures.Select(
                m => m.Of(column.Run) is { } v ? Marked(v, m.Digits, index, table.Ranks(m.Of, m.IsLowerBetter)) : "–");
            ConfidenceInterval tail = Bootstrap.Interval(column.Run.Psnr, v => SampleStatistics.Percentile(v, 5));
            (string Psnr, string Lpips)? paper = PaperTable.Find(table.Application.PaperRow, table.Dataset, column.PaperName);
            TTestResult? test = column.Loss is null ? null : table.Test(column, r => r.Psnr, isLowerBetter: false);
            Row(
                text,
                [
                    column.Loss is null ? column.Label : name(column),
                    .. values,
                    $"{Text(tail.Estimate, 2)} [{Text(tail.Low, 2)}, {Text(tail.High, 2)}]",
                    .. table.Ours is null ? [] : new[] { test is { } result ? Probability(result) : "" },
                    .. isPaperKnown ? new[] { paper is { } p ? $"{p.Psnr} / {p.Lpips}" : "" } : [],
                ]);
        }
    }

    private static string Probability(TTestResult test) =>
        string.Create(CultureInfo.InvariantCulture, $"{test.Probability:g2} {test.Stars}").TrimEnd();

    // Differences between every loss and the baselines: losses other than MDF, and untrained discriminators.
    private static void Differences(StringBuilder text, TableView table)
    {
        TableColumn[] baselines = [.. table.Columns.Where(c => !c.IsMdf || c.IsUntrained)];
        text.AppendLine("Differences of PSNR in dB, image by image: the mean and its 95 % bootstrap interval.").AppendLine();
        Row(text, ["Loss", "PSNR (dB)", .. baselines.Select(b => $"from {b.Label}")]);
        Rule(text, baselines.Length + 2);
        foreach (TableColumn column in table.Columns)
        {
            ConfidenceInterval mean = Bootstrap.Interval(column.Run.Psnr, SampleStatistics.Mean);
            Row(
                text,
                [
                    column.Label,
                    $"{Text(mean.Estimate, 2)} [{Text(mean.Low, 2)}, {Text(mean.High, 2)}]",
                    .. baselines.Select(b => b == column ? "–" : Difference(column, b)),
                ]);
        }
    }

    private static string Difference(TableColumn column, TableColumn baseline)
    {
        ConfidenceInterval mean = Bootstrap.Interval(
            [.. column.Run.Psnr.Zip(baseline.Run.Psnr, (one, other) => one - other)], SampleStatistics.Mean);
        return $"{Signed(mean.Estimate, 3)} [{Text(mean.Low, 3)}, {Text(mean.High, 3)}]";
    }

    private static string PaperOf(TableColumn column) =>
        PaperTable.Scales.FirstOrDefault(s => s.Scales == column.Loss!.Scales) is { Psnr: { } psnr } ? $" (paper's EDSR: {psnr})" : "";

    private static string Marked(IReadOnlyList<double> values, int digits, int index, (int Best, int Second) ranks)
    {
        ConfidenceInterval mean = Bootstrap.Interval(values, SampleStatistics.Mean);
        string number = Text(mean.Estimate, digits);
        string marked = index < 0 ? number : index == ranks.Best ? $"**{number}**" : index == ranks.Second ? $"*{number}*" : number;
        return $"{marked} [{Text(mean.Low, digits)}, {Text(mean.High, digits)}]";
    }

    private static void Sensitivities(StringBuilder text, ReportData data)
    {
        if (data.Sensitivities.Count == 0)
        {
            return;
        }

        string[] names = [.. data.Sensitivities[0].Description.Distortions];
        Heading(text, "Sensitivity");
        text.AppendLine("Loss at equal PSNR, as a multiple of the geometric mean of the row.").AppendLine();
        Row(text, ["Loss", "PSNR (dB)", "Images", .. names]);
        Rule(text, names.Length + 3);
        var ordered = data.Sensitivities.OrderBy(s => TableView.Order(s.Description.Loss))
            .ThenBy(s => s.Description.Data.Name, StringComparer.Ordinal);
        foreach (var run in ordered)
        {
            foreach (SensitivityLevel level in SensitivityLevel.Of(run.Result))
            {
                double most = level.Ratios.Max(r => r.Ratio);
                Row(
                    text,
                    [
                        data.TitleOf(run.Description), Text(level.Level, 0), level.Images.ToString(CultureInfo.InvariantCulture),
                        .. names.Select(n => level.Ratios.Single(r => r.Distortion == n).Ratio)
                            .Select(r => r == most ? $"**{Text(r, 2)}**" : Text(r, 2)),
                    ]);
            }
        }
    }

    private static void Pools(StringBuilder text, ReportData data)
    {
        foreach (var pool in PoolSection.Cells(data).GroupBy(c => c.Pool))
        {
            Heading(text, $"Seeds {string.Join(", ", pool.Key.Seeds)}: {pool.Key.Title}");
            text.AppendLine(PoolSection.Method).AppendLine();
            Row(text, ["Loss", .. pool.First().Differences.Select(d => d.Measure)]);
            Rule(text, pool.First().Differences.Count + 1);
            foreach (var row in pool)
            {
                Row(text, [row.Label, .. row.Differences.Select(d => d.Text)]);
            }
        }
    }

    private static void Budgets(StringBuilder text, ReportData data)
    {
        foreach (IReadOnlyList<TableView> budget in data.Budgets)
        {
            int[] steps = [.. budget.Select(t => t.Training.Steps)];
            Heading(text, $"Steps: {budget[0].Title}");
            text.AppendLine("PSNR in dB / SSIM after trainings of so many steps, each with a fall of the learning rate.").AppendLine();
            Row(text, ["Loss", .. steps.Select(s => s.ToString("n0", CultureInfo.InvariantCulture))]);
            Rule(text, steps.Length + 1);
            foreach (string label in budget.SelectMany(t => t.Columns.Select(c => c.Label)).Distinct())
            {
                IEnumerable<TableColumn?> columns = budget.Select(t => t.Columns.FirstOrDefault(c => c.Label == label));
                Row(text, [label, .. columns.Select(c => c is null ? "–" : Both(c.Run))]);
            }
        }
    }

    private static string Both(EvaluationResult run) => $"{Text(run.Psnr.Average(), 2)} / {Text(run.Ssim.Average(), 4)}";

    private static void Spectra(StringBuilder text, ReportData data)
    {
        if (data.Spectra.Count == 0)
        {
            return;
        }

        double[] frequencies = [.. data.Spectra[0].Description.Frequencies];
        Heading(text, "Spectrum");
        text.AppendLine(SpectrumSection.Meaning).AppendLine();
        Row(text, ["Loss", "Colour", .. frequencies.Select(f => Text(f, f > 0 && f < 0.1 ? 4 : 3))]);
        Rule(text, frequencies.Length + 2);
        foreach (var run in SpectrumSection.Ordered(data))
        {
            foreach (string color in run.Description.Colors)
            {
                Row(text, [data.TitleOf(run.Description), color, .. run.Result.Relative(color).Select(p => Text(p.Response, 2))]);
            }
        }
    }

    private static void Manifolds(StringBuilder text, ReportData data)
    {
        if (data.Manifolds.Count == 0)
        {
            return;
        }

        Heading(text, "Manifold");
        text.AppendLine(
            "Accuracy of telling distorted images from originals: nearest neighbours / logistic regression. Half is chance.").AppendLine();
        Row(text, ["Features", .. data.Manifolds[0].Result.Pairs.Select(p => p.Distortion)]);
        Rule(text, data.Manifolds[0].Result.Pairs.Count + 1);
        foreach (var run in data.Manifolds.OrderBy(m => m.Description.Features, StringComparer.Ordinal))
        {
            Row(text, [data.TitleOf(run.Description), .. run.Result.Pairs.Select(p => $"{Text(p.Neighbors, 2)} / {Text(p.Logistic, 2)}")]);
        }
    }

    private static void List(StringBuilder text, IEnumerable<string> items) =>
        text.AppendJoin('\n', items.Select(i => $"- {i}")).AppendLine();

    private static void Heading(StringBuilder text, string heading) => text.AppendLine().Append("## ").AppendLine(heading).AppendLine();

    private static void Row(StringBuilder text, params IEnumerable<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells).AppendLine(" |");

    private static void Rule(StringBuilder text, int columns) => text.Append('|').Insert(text.Length, " --- |", columns).AppendLine();
}

using System.Globalization;
using System.Text;
using Mdf.Statistics;
using Reproduce.Report.Sections;
using static Reproduce.Report.Numbers;

namespace Reproduce.Report;

/// <summary>The tables of the page as Markdown, with intervals.</summary>
internal static class MarkdownTables
{
    public static string Of(ReportData data)
    {
        var text = new StringBuilder();
        Claimed(text, data);
        foreach (TableView table in data.Tables)
        {
            Heading(text, table.Title);
            Settings(text, table);
            Losses(text, table, c => c.Label, isPaperKnown: true);
        }

        foreach (TableView table in data.Scales)
        {
            Heading(text, $"Scales: {table.Title}");
            Losses(text, table, c => $"{c.Label}, {c.Loss!.Scales} {(c.Loss.Scales == 1 ? "scale" : "scales")}", isPaperKnown: false);
        }

        foreach (TableView table in data.Seeds)
        {
            Heading(text, $"Seed images: {table.Title}");
            Losses(text, table, c => $"MDF, {c.Loss!.Weights}", isPaperKnown: false);
        }

        foreach (TableView table in data.Lambdas)
        {
            Heading(text, $"Mixing with L2: {table.Title}");
            Losses(text, table, c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} ({c.Loss!.Weights}), factor {c.Loss.Factor}"), isPaperKnown: false);
        }

        foreach (TableView table in data.Features)
        {
            Heading(text, $"Trained and untrained discriminators: {table.Title}");
            Losses(text, table with { Columns = [.. table.Columns.Where(c => c.Loss!.Scales is null or Reproduce.Losses.DiscriminatorWeights.PublishedScales)] }, c => c.Label, isPaperKnown: false);
        }

        Sensitivities(text, data);
        Manifolds(text, data);
        return text.ToString();
    }

    private static void Claimed(StringBuilder text, ReportData data)
    {
        Heading(text, "What held");
        Row(text, "Claim", "Verdict", "Numbers");
        Rule(text, 3);
        foreach (Claim claim in Claims.Of(data))
        {
            Row(text, claim.Statement, claim.Verdict == Verdict.DidNotHold ? $"**{ClaimsSection.Word(claim.Verdict)}**" : ClaimsSection.Word(claim.Verdict), claim.Evidence);
        }
    }

    private static void Settings(StringBuilder text, TableView table) => text.AppendLine(CultureInfo.InvariantCulture,
        $"{table.Images} test images; {NetworkText.Of(table.Training.Network)}; {table.Training.Steps} steps of {table.Training.Batch} crops of {table.Training.Patch} x {table.Training.Patch}; trained on {table.Training.Data.Count} images of {table.Training.Data.Name}; seed {table.Training.Seed}. Best in bold, second best in italics.").AppendLine();

    private static void Losses(StringBuilder text, TableView table, Func<TableColumn, string> name, bool isPaperKnown)
    {
        var measures = Measures.Where(m => table.Columns.Any(c => m.Of(c.Run) is not null)).ToArray();
        string[] heads = ["Loss", .. measures.Select(m => m.Unit.Length > 0 ? $"{m.Name} ({m.Unit})" : m.Name), "PSNR, 5th percentile", "p, MDF better", .. isPaperKnown ? new[] { "Paper" } : []];
        Row(text, heads);
        Rule(text, heads.Length);
        TableColumn[] rows = [.. table.Unrestored is null ? [] : new[] { table.Unrestored }, .. table.Columns];
        foreach (TableColumn column in rows)
        {
            int index = table.Columns.ToList().IndexOf(column);
            IEnumerable<string> values = measures.Select(m => m.Of(column.Run) is { } v ? Marked(v, m.Digits, index, table.Ranks(m.Of, m.IsLowerBetter)) : "–");
            ConfidenceInterval tail = Bootstrap.Interval(column.Run.Psnr, v => SampleStatistics.Percentile(v, 5));
            (string Psnr, string Lpips)? paper = PaperTable.Find(table.Application.PaperRow, table.Dataset, column.Name);
            TTestResult? test = column.Loss is null ? null : table.Test(column, r => r.Psnr, isLowerBetter: false);
            Row(
                text,
                [
                    column.Loss is null ? column.Label : name(column),
                    .. values,
                    $"{Text(tail.Estimate, 2)} [{Text(tail.Low, 2)}, {Text(tail.High, 2)}]",
                    test is { } t ? string.Create(CultureInfo.InvariantCulture, $"{t.Probability:g2} {t.Stars}").TrimEnd() : "",
                    .. isPaperKnown ? new[] { paper is { } p ? $"{p.Psnr} / {p.Lpips}" : "" } : [],
                ]);
        }
    }

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
        text.AppendLine("The loss at equal PSNR as a multiple of the geometric mean of the row.").AppendLine();
        Row(text, ["Loss", "PSNR (dB)", "Images", .. names]);
        Rule(text, names.Length + 3);
        foreach (var run in data.Sensitivities.OrderBy(s => TableView.Order(s.Description.Loss)))
        {
            foreach (SensitivityLevel level in SensitivityLevel.Of(run.Result))
            {
                double most = level.Ratios.Max(r => r.Ratio);
                Row(
                    text,
                    [
                        run.Description.Loss.Label, Text(level.Level, 0), level.Images.ToString(CultureInfo.InvariantCulture),
                        .. names.Select(n => level.Ratios.Single(r => r.Distortion == n).Ratio).Select(r => r == most ? $"**{Text(r, 2)}**" : Text(r, 2)),
                    ]);
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
        text.AppendLine("Accuracy of telling distorted images from originals, by nearest neighbours / by logistic regression; half is chance.").AppendLine();
        Row(text, ["Features", .. data.Manifolds[0].Result.Pairs.Select(p => p.Distortion)]);
        Rule(text, data.Manifolds[0].Result.Pairs.Count + 1);
        foreach (var run in data.Manifolds.OrderBy(m => m.Description.Features, StringComparer.Ordinal))
        {
            Row(text, [run.Description.Features, .. run.Result.Pairs.Select(p => $"{Text(p.Neighbors, 2)} / {Text(p.Logistic, 2)}")]);
        }
    }

    private static void Heading(StringBuilder text, string heading) => text.AppendLine().Append("## ").AppendLine(heading).AppendLine();

    private static void Row(StringBuilder text, params IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).AppendLine(" |");

    private static void Rule(StringBuilder text, int columns) => text.Append('|').Insert(text.Length, " --- |", columns).AppendLine();
}

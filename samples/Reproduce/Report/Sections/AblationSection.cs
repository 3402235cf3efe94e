using Reproduce.Losses;
using Reproduce.Report.Charts;
using Reproduce.Statistics;
using static Reproduce.Report.Numbers;

namespace Reproduce.Report.Sections;

/// <summary>Ablations: number of scales, number of seed images, and untrained discriminators.</summary>
internal static class AblationSection
{
    public static string? Of(ReportData data)
    {
        string[] cards =
        [
            .. data.Scales.SelectMany(ByScales),
            .. data.Seeds.Select(BySeeds),
            .. data.Features.Select(ByTraining),
        ];
        return cards.Length == 0 ? null : $"""
            <p class="note">Bands and brackets are 95 % bootstrap intervals of the mean over the test images.</p>
            <div class="grid">{string.Concat(cards)}</div>
            """;
    }

    private static IEnumerable<string> ByScales(TableView table)
    {
        Series[] lines =
        [
            .. table.Columns.GroupBy(c => LossLabels.Key(c.Loss!))
                .Select((weights, i) => Line(weights.First().Label, weights, c => c.Loss!.Scales!.Value, i)),
        ];
        yield return Card(
            $"Scales: {table.Title}",
            new LineChart
            {
                Title = $"PSNR of {table.Title} by the number of scales",
                Across = "scales, coarsest first",
                Up = "PSNR (dB)",
                Lines = lines,
                AcrossTicks = [.. table.Columns.Select(c => (double)c.Loss!.Scales!.Value).Distinct().Order()],
            }.Draw(),
            ChartKey.Of(lines));
        string head = string.Concat(lines.Select(l => $"<th scope=\"col\">{Html(l.Name)}</th>"));
        IEnumerable<string> rows = table.Columns.Select(c => c.Loss!.Scales!.Value).Distinct().Order().Select(scales =>
        {
            (int _, string psnr, string lpips) = PaperTable.Scales.FirstOrDefault(s => s.Scales == scales);
            string cells = string.Concat(lines.Select(l => $"<td>{Point(l, scales)}</td>"));
            string paper = psnr is null ? "–" : $"{psnr}<small>LPIPS {lpips}</small>";
            return $"<tr><th scope=\"row\">{scales}</th>{cells}<td>{paper}</td></tr>";
        });
        yield return $"""
            <div class="card scroll" tabindex="0" role="region" aria-label="Table of scales">
            <h3>Scales, beside the paper's EDSR on BSD</h3>
            <table><thead><tr><th scope="col">Scales</th>{head}<th scope="col">paper</th></tr></thead>
            <tbody>{string.Concat(rows)}</tbody></table>
            </div>
            """;
    }

    private static string BySeeds(TableView table)
    {
        Series[] lines =
        [
            .. table.Columns.GroupBy(c => c.Loss!.Precision).Select((precision, i) =>
                Line(precision.Key is { } other ? $"MDF, {LossLabels.NameOf(other)}" : "MDF",
                    precision, c => c.Loss!.SeedImages!.Value, i)),
        ];
        return Card(
            $"Seed images: {table.Title}",
            new LineChart
            {
                Title = $"PSNR of {table.Title} by the number of seed images",
                Across = "seed images",
                Up = "PSNR (dB)",
                Lines = lines,
                AcrossTicks = [.. table.Columns.Select(c => (double)c.Loss!.SeedImages!.Value).Distinct().Order()],
            }.Draw(),
            (lines.Length > 1 ? ChartKey.Of(lines) : "") + "<p class=\"note\">Paper: 0.03 dB more with four images, then no change.</p>");
    }

    private static string ByTraining(TableView table)
    {
        TableColumn[] columns = [.. table.Columns.Where(c => c.Name == LossNames.L2 || c.HasAllScales)];
        TableColumn baseline = columns[0];
        IEnumerable<string> rows = columns.Select(c =>
        {
            ConfidenceInterval gain = Bootstrap.Interval(
                [.. c.Run.Psnr.Zip(baseline.Run.Psnr, (one, other) => one - other)], SampleStatistics.Mean);
            string psnr = $"{Text(c.Run.Psnr.Average(), 2)}<small>{Interval(c.Run.Psnr, 2)}</small>";
            string difference = c == baseline
                ? "–"
                : $"{Text(gain.Estimate, 3)}<small>{Text(gain.Low, 3)} to {Text(gain.High, 3)}</small>";
            return $"<tr><th scope=\"row\">{Html(c.Label)}</th><td>{psnr}</td><td>{difference}</td></tr>";
        });
        return $"""
            <div class="card scroll" tabindex="0" role="region" aria-label="Table of trained and untrained discriminators">
            <h3>Trained and untrained discriminators: {Html(table.Title)}</h3>
            <table><thead><tr><th scope="col">Loss</th><th scope="col">PSNR (dB)</th>
            <th scope="col">gain on {Html(baseline.Label)}</th></tr></thead><tbody>{string.Concat(rows)}</tbody></table></div>
            """;
    }

    private static Series Line(string name, IEnumerable<TableColumn> columns, Func<TableColumn, double> x, int color) => new(
        name,
        [.. columns.OrderBy(x).Select(c =>
        {
            ConfidenceInterval mean = Bootstrap.Interval(c.Run.Psnr, SampleStatistics.Mean);
            return (x(c), mean.Estimate, (double?)mean.Low, (double?)mean.High);
        })],
        color);

    private static string Point(Series line, double x)
    {
        (double X, double Y, double? Low, double? High) point = line.Points.FirstOrDefault(p => p.X == x);
        return point.Low is null ? "–" : $"{Text(point.Y, 2)}<small>{Text(point.Low.Value, 2)} to {Text(point.High!.Value, 2)}</small>";
    }

    private static string Card(string title, string chart, string below) =>
        $"<figure class=\"card\"><h3>{Html(title)}</h3>{chart}{below}</figure>";
}

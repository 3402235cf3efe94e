using Reproduce.Experiments;
using Reproduce.Report.Charts;
using Reproduce.Sensitivity;
using static Reproduce.Report.Numbers;

namespace Reproduce.Report.Sections;

/// <summary>Line charts and a table of the values of losses for distortions of equal PSNR.</summary>
internal static class SensitivitySection
{
    private const double ShownLevel = 30;

    public static string? Of(ReportData data)
    {
        if (data.Sensitivities.Count == 0)
        {
            return null;
        }

        ExperimentRecord<SensitivityDescription, SensitivityResult>[] ordered =
            [.. data.Sensitivities.OrderBy(s => TableView.Order(s.Description.Loss)).ThenBy(s => s.Description.Data.Name)];
        string[] names = [.. ordered[0].Description.Distortions];
        string key = ChartKey.Of(names.Select((n, i) => new Series(n, [], i)));
        SensitivityDescription first = ordered[0].Description;
        return $"""
            <p class="note">Loss (logarithmic axis) of distortions with the same PSNR, calibrated for each image to 0.01 dB; the middle
            {first.Side} x {first.Side} pixels of {first.Data.Count} images of {Html(first.Data.Name)}. A line above the others marks a
            distortion to which the loss is more sensitive than its squared error suggests.</p>
            {key}<div class="grid">{string.Concat(ordered.Select(s => Chart(data, s)))}</div>
            {Table(data, ordered, names)}
            """;
    }

    private static string Chart(ReportData data, ExperimentRecord<SensitivityDescription, SensitivityResult> run)
    {
        IReadOnlyList<SensitivityLevel> levels = SensitivityLevel.Of(run.Result);
        string title = data.TitleOf(run.Description);
        if (levels.Count == 0)
        {
            return $"<figure class=\"card\"><h3>{Html(title)}</h3>"
                + "<p class=\"note\">No image can have all distortions at any level.</p></figure>";
        }

        var chart = new LineChart
        {
            Title = $"{title} against PSNR, for six distortions",
            Across = "PSNR (dB)",
            Up = "loss",
            IsUpLogarithmic = true,
            AcrossTicks = [.. levels.Select(l => l.Level)],
            Lines = [.. levels[0].Ratios.Select((r, i) => new Series(r.Distortion, [.. levels.Select(l => At(l, r.Distortion))], i))],
        };
        return $"<figure class=\"card\"><h3>{Html(title)}</h3>{chart.Draw()}</figure>";
    }

    private static (double X, double Y, double? Low, double? High) At(SensitivityLevel level, string distortion) =>
        (level.Level, level.Ratios.Single(r => r.Distortion == distortion).Loss, null, null);

    private static string Table(
        ReportData data, IEnumerable<ExperimentRecord<SensitivityDescription, SensitivityResult>> runs, string[] names)
    {
        IEnumerable<string> rows = from run in runs
                                   let level = SensitivityLevel.Of(run.Result).MinBy(l => Math.Abs(l.Level - ShownLevel))
                                   where level is not null
                                   select Row(data.TitleOf(run.Description), level, names);
        string head = string.Concat(names.Select(n => $"<th scope=\"col\">{Html(n)}</th>"));
        return $"""
            <div class="card scroll" tabindex="0" role="region" aria-label="Table of sensitivities" style="margin-top:1rem"><table>
            <caption>Loss at {ShownLevel} dB as a multiple of the geometric mean of the row; largest and second largest marked</caption>
            <thead><tr><th scope="col">Loss</th>{head}</tr></thead><tbody>{string.Concat(rows)}</tbody></table></div>
            """;
    }

    private static string Row(string label, SensitivityLevel level, string[] names)
    {
        double[] order = [.. level.Ratios.Select(r => r.Ratio).OrderDescending()];
        IEnumerable<string> cells = names.Select(n => Cell(level.Ratios.Single(r => r.Distortion == n).Ratio));
        return $"<tr><th scope=\"row\">{Html(label)}</th>{string.Concat(cells)}</tr>";

        string Cell(double ratio)
        {
            string style = ratio == order[0] ? "best" : ratio == order[1] ? "second" : "";
            return $"<td><span class=\"{style}\">{Text(ratio, 2)}</span></td>";
        }
    }
}

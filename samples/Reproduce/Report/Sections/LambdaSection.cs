using Reproduce.Report.Charts;
using Reproduce.Statistics;
using static Reproduce.Report.Numbers;

namespace Reproduce.Report.Sections;

/// <summary>Line charts of the results with sums of L2 and a multiple of another loss.</summary>
internal static class LambdaSection
{
    public static string? Of(ReportData data) => data.Lambdas.Count == 0 ? null : $"""
        <p class="note">The paper tunes the weights of VGG and LPIPS in this way (best: 1 and 0.1) and says that MDF needs no such tuning.
        Losses whose weights were not found are missing.</p>
        <div class="grid">{string.Concat(Cards(data))}</div>
        """;

    private static IEnumerable<string> Cards(ReportData data) =>
        from table in data.Lambdas
        from measure in Measures
        where table.Columns.All(c => measure.Of(c.Run) is not null)
        select Card(table, measure.Name, measure.Unit, measure.Of);

    private static string Card(TableView table, string name, string unit, Func<Trainings.EvaluationResult, IReadOnlyList<double>?> measure)
    {
        Series[] lines =
        [
            .. table.Columns.GroupBy(c => LossLabels.Key(c.Loss!)).Select((other, i) => new Series(
                $"{other.Key.Name} ({other.First().Weights})",
                [.. other.OrderBy(c => c.Loss!.Factor).Select(c =>
                {
                    ConfidenceInterval mean = Bootstrap.Interval(measure(c.Run)!, SampleStatistics.Mean);
                    return (c.Loss!.Factor!.Value, mean.Estimate, (double?)mean.Low, (double?)mean.High);
                })],
                i)),
        ];
        var chart = new LineChart
        {
            Title = $"{name} of {table.Title} by the weight of the second loss",
            Across = "weight of the second loss",
            Up = unit.Length > 0 ? $"{name} ({unit})" : name,
            Lines = lines,
            IsAcrossLogarithmic = true,
        };
        return $"<figure class=\"card\"><h3>{Html(table.Title)}</h3>{chart.Draw()}{ChartKey.Of(lines)}</figure>";
    }
}

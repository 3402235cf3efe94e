using Reproduce.Report.Charts;
using Reproduce.Statistics;
using Reproduce.Trainings;
using static Reproduce.Report.Numbers;

namespace Reproduce.Report.Sections;

/// <summary>Line charts of the results of short and long trainings.</summary>
internal static class BudgetSection
{
    public static string? Of(ReportData data) => data.Budgets.Count == 0 ? null : $"""
        <p class="note">Each point is a training of its own, whose learning rate falls to its end. Bands are 95 % bootstrap intervals of the
        mean over the test images.</p>
        <div class="grid">{string.Concat(Cards(data))}</div>
        """;

    private static IEnumerable<string> Cards(ReportData data) =>
        from budget in data.Budgets
        from measure in Measures
        where budget.All(table => table.Columns.All(c => measure.Of(c.Run) is not null))
        select Card([.. budget], measure.Name, measure.Unit, measure.Of);

    private static string Card(
        IReadOnlyList<TableView> budget, string name, string unit, Func<EvaluationResult, IReadOnlyList<double>?> measure)
    {
        Series[] lines =
        [
            .. budget.SelectMany(table => table.Columns.Select(column => (table.Training.Steps, Column: column)))
                .GroupBy(point => point.Column.Label)
                .Select((loss, i) => new Series(
                    loss.Key,
                    [.. loss.OrderBy(p => p.Steps).Select(p =>
                    {
                        ConfidenceInterval mean = Bootstrap.Interval(measure(p.Column.Run)!, SampleStatistics.Mean);
                        return ((double)p.Steps, mean.Estimate, (double?)mean.Low, (double?)mean.High);
                    })],
                    i)),
        ];
        string title = budget[0].Title;
        var chart = new LineChart
        {
            Title = $"{name} of {title} by the number of steps",
            Across = "steps",
            Up = unit.Length > 0 ? $"{name} ({unit})" : name,
            Lines = lines,
            IsAcrossLogarithmic = true,
            AcrossTicks = [.. budget.Select(t => (double)t.Training.Steps)],
        };
        return $"<figure class=\"card\"><h3>{Html(title)}</h3>{chart.Draw()}{ChartKey.Of(lines)}</figure>";
    }
}

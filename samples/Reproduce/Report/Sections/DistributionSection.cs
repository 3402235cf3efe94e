using Reproduce.Report.Charts;
using static Reproduce.Report.Numbers;

namespace Reproduce.Report.Sections;

/// <summary>Violin plots of the measures over the test images.</summary>
internal static class DistributionSection
{
    public static string? Of(ReportData data)
    {
        string[] cards =
        [
            .. from table in data.Tables
               where table.Images > 1
               from measure in Measures
               where table.Columns.All(c => measure.Of(c.Run) is not null)
               let plot = Plot(table, measure.Name, measure.Unit, measure.IsLowerBetter, measure.Of)
               select $"<figure class=\"card\"><h3>{Html(table.Title)}</h3>{plot}</figure>",
        ];
        return cards.Length == 0 ? null : $"""
            <p class="note">Each shape is the distribution over the test images. The ring is the mean and the diamond below it the 5th
            percentile, each with its 95 % interval. Stars: MDF is better than this loss (one-tailed paired t-test; * at 0.05, ** at 0.01,
            *** at 0.001). Further right is better in all plots.</p>
            <div class="grid">{string.Concat(cards)}</div>
            """;
    }

    private static string Plot(
        TableView table,
        string name,
        string unit,
        bool isLowerBetter,
        Func<Trainings.EvaluationResult, IReadOnlyList<double>?> measure) => new ViolinPlot
        {
            Title = $"{name} of {table.Title} by loss",
            Across = unit.Length > 0 ? $"{name} ({unit})" : name,
            IsReversed = isLowerBetter,
            Rows = [.. table.Columns.Select(c => (Short(c), measure(c.Run)!, table.Test(c, measure, isLowerBetter)?.Stars ?? "", c.IsMdf))],
        }.Draw();

    // A label short enough for a row of the plot.
    private static string Short(TableColumn column) => column.IsMdf
        ? $"MDF {string.Join(' ', column.Weights.Split(", ").Select(Path.GetFileNameWithoutExtension))}"
        : column.Label;
}

using static Reproduce.Report.Numbers;

namespace Reproduce.Report.Sections;

/// <summary>The summary tables, one for each application and test set, with the paper's numbers below the results.</summary>
internal static class SummarySection
{
    public static string? Of(ReportData data) => data.Tables.Count == 0 ? null : Key(data) + string.Join('\n', data.Tables.Select(Table));

    private static string Key(ReportData data)
    {
        bool isPaperKnown = data.Tables.Any(
            t => t.Columns.Any(c => PaperTable.Find(t.Application.PaperRow, t.Dataset, c.PaperName) is not null));
        string paper = isPaperKnown
            ? " Below some numbers stands the paper's, for networks and data of full size. Compare the order of the losses rather than the "
                + "values."
            : "";
        return $"""
            <p class="note">Means over the test images.{paper}</p>
            <ul class="key"><li><span class="best">best</span></li><li><span class="second">second best</span></li>
            <li>in light print: 95 % interval of the mean</li></ul>
            """;
    }

    private static string Table(TableView table)
    {
        var measures = Measures.Where(m => table.Columns.Any(c => m.Of(c.Run) is not null)).ToArray();
        (int Best, int Second)[] ranks = [.. measures.Select(m => table.Ranks(m.Of, m.IsLowerBetter))];
        string head = string.Concat(measures.Select(m => Head(m.Name, m.Unit, m.IsLowerBetter)));
        string unrestored = table.Unrestored is { } plain
            ? Row(plain, [.. measures.Select(m => $"<td>{(m.Of(plain.Run) is { } v ? Text(v.Average(), m.Digits) : "–")}</td>")])
            : "";
        string rows = string.Concat(table.Columns.Select((column, c) => Row(
            column,
            [
                .. measures.Select((m, i) => Cell(
                    table, column, m.Name, m.Digits, m.Of(column.Run), c == ranks[i].Best ? "best" : c == ranks[i].Second ? "second" : "")),
            ])));
        return $"""
            <div class="card scroll" tabindex="0" role="region" aria-label="Results: {Html(table.Title)}"><table>
            <caption><b>{Html(table.Title)}</b>; {table.Images} images</caption>
            <thead><tr><th scope="col">Loss</th>{head}</tr></thead><tbody>{unrestored}{rows}</tbody></table></div>
            """;
    }

    private static string Head(string name, string unit, bool isLowerBetter)
    {
        (string arrow, string direction) = isLowerBetter ? ("↓", "lower") : ("↑", "higher");
        string shown = unit.Length > 0 ? $"<small>{unit}</small>" : "";
        return $"<th scope=\"col\">{name} {arrow}<span class=\"hidden\"> {direction} is better</span>{shown}</th>";
    }

    private static string Row(TableColumn column, string[] cells)
    {
        string name = column.Loss is null ? column.Label : column.Name;
        string weights = column.Label == name ? "" : $"<small>{Html(column.Weights)}</small>";
        return $"<tr><th scope=\"row\">{Html(name)}{weights}</th>{string.Concat(cells)}</tr>";
    }

    private static string Cell(TableView table, TableColumn column, string measure, int digits, IReadOnlyList<double>? values, string rank)
    {
        if (values is null)
        {
            return "<td>–</td>";
        }

        (string Psnr, string Lpips)? paper = PaperTable.Find(table.Application.PaperRow, table.Dataset, column.PaperName);
        string theirs = measure switch
        {
            "PSNR" when paper is not null => $"<small>paper {paper.Value.Psnr}</small>",
            "LPIPS" when paper is not null => $"<small>paper {paper.Value.Lpips}</small>",
            _ => "",
        };
        string label = rank switch
        {
            "best" => "<span class=\"hidden\"> (best)</span>",
            "second" => "<span class=\"hidden\"> (second best)</span>",
            _ => "",
        };
        return $"<td><span class=\"{rank}\">{Text(values.Average(), digits)}</span>{label}"
            + $"<small>{Interval(values, digits)}</small>{theirs}</td>";
    }
}

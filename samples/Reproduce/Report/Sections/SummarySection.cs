using static Reproduce.Report.Numbers;

namespace Reproduce.Report.Sections;

/// <summary>The summary table, with the paper's numbers beside the results.</summary>
internal static class SummarySection
{
    public static string? Of(ReportData data) => data.Tables.Count == 0 ? null :
        Key() + string.Join('\n', data.Tables.GroupBy(t => string.Join('|', t.Columns.Select(c => c.Label))).Select(Table));

    private static string Key() => """
        <p class="note">Means over the test images. The small print below a number is the paper's number, for networks and data of full
        size. Compare the order of the losses rather than the values.</p>
        <ul class="key"><li><span class="best">best</span></li><li><span class="second">second best</span></li>
        <li>in light print: 95 % interval of the mean</li></ul>
        """;

    // Rows with the same columns share a table.
    private static string Table(IEnumerable<TableView> rows)
    {
        TableView[] all = [.. rows];
        bool hasUnrestored = all.Any(r => r.Unrestored is not null);
        string head = string.Concat(all[0].Columns.Select(Head));
        string body = string.Concat(all.Select(r => Rows(r, hasUnrestored)));
        string unrestored = hasUnrestored ? "<th scope=\"col\">unrestored</th>" : "";
        return $"""
            <div class="card scroll" tabindex="0" role="region" aria-label="Summary table"><table><thead><tr>
            <th scope="col">Application, test set</th><th scope="col"><span class="hidden">Measure</span></th>{unrestored}{head}
            </tr></thead><tbody>{body}</tbody></table></div>
            """;
    }

    private static string Head(TableColumn column)
    {
        string weights = column.Label == column.Name ? "" : $"<small>{Html(column.Weights)}</small>";
        return $"<th scope=\"col\">{Html(column.Name)}{weights}</th>";
    }

    // Returns one table row per measure.
    private static string Rows(TableView row, bool hasUnrestored)
    {
        var measures = Measures.Where(m => row.Columns.Any(c => m.Of(c.Run) is not null)).ToArray();
        return string.Concat(measures.Select((measure, i) =>
        {
            (int best, int second) = row.Ranks(measure.Of, measure.IsLowerBetter);
            string cells = string.Concat(row.Columns.Select((column, c) =>
                Cell(row, column, measure.Name, measure.Digits, measure.Of(column.Run), c == best ? "best" : c == second ? "second" : "")));
            string unrestored = row.Unrestored is { } plain && measure.Of(plain.Run) is { } values
                ? Text(values.Average(), measure.Digits)
                : "";
            string head = i > 0
                ? ""
                : $"<th scope=\"rowgroup\" rowspan=\"{measures.Length}\">{Html(row.Application.Title)}"
                    + $"<small>{Html(row.Dataset)}, {row.Images} images</small></th>";
            (string arrow, string direction) = measure.IsLowerBetter ? ("↓", "lower") : ("↑", "higher");
            string name = $"{measure.Name} {arrow}<small>{measure.Unit}<span class=\"hidden\"> {direction} is better</span></small>";
            return $"<tr>{head}<td class=\"measure\">{name}</td>{(hasUnrestored ? $"<td>{unrestored}</td>" : "")}{cells}</tr>";
        }));
    }

    private static string Cell(TableView row, TableColumn column, string measure, int digits, IReadOnlyList<double>? values, string rank)
    {
        if (values is null)
        {
            return "<td>–</td>";
        }

        (string Psnr, string Lpips)? paper = PaperTable.Find(row.Application.PaperRow, row.Dataset, column.Name);
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

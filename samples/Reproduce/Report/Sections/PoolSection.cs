using Reproduce.Statistics;
using static Reproduce.Report.Numbers;

namespace Reproduce.Report.Sections;

/// <summary>Tables of differences from L2 over several seeds.</summary>
internal static class PoolSection
{
    /// <summary>Says how the numbers were made.</summary>
    public const string Method =
        "Differences from L2, means over the seeds and the test images. The 95 % intervals come from a bootstrap over seeds and images "
        + "together. Stars are two-tailed paired t-tests over the images, corrected for the number of all tests of a measure by Holm's "
        + "method: * at 0.05, ** at 0.01, *** at 0.001.";

    public static string? Of(ReportData data) => data.Pools.Count == 0 ? null : $"""
        <p class="note">{Html(Method)}</p>
        {string.Join('\n', Cells(data).GroupBy(c => c.Pool).Select(Table))}
        """;

    /// <summary>Returns the differences of each loss, as text by measure.</summary>
    public static IEnumerable<(PoolView Pool, string Label, IReadOnlyList<(string Measure, string Text)> Differences)> Cells(
        ReportData data)
    {
        var measures = Measures.Where(m => data.Pools.All(p => p.Rows.All(r => r.Runs.All(run => m.Of(run) is not null))))
            .Select(m => (m.Name, m.Digits, Of: PoolView.Compare(data.Pools, m.Of)))
            .ToArray();
        return
            from pool in data.Pools
            from row in pool.Rows
            where measures.All(m => m.Of.ContainsKey((pool.Title, row.Label)))
            select (pool, row.Label, (IReadOnlyList<(string, string)>)
            [
                .. measures.Select(m => (m.Name, Text(m.Of[(pool.Title, row.Label)], Math.Max(3, m.Digits)))),
            ]);
    }

    private static string Text((ConfidenceInterval Difference, double Probability) result, int digits)
    {
        string stars = result.Probability <= 0.001 ? "***" : result.Probability <= 0.01 ? "**" : result.Probability <= 0.05 ? "*" : "";
        ConfidenceInterval difference = result.Difference;
        string interval = $"[{Numbers.Text(difference.Low, digits)}, {Numbers.Text(difference.High, digits)}]";
        return $"{Signed(difference.Estimate, digits)} {interval} {stars}".TrimEnd();
    }

    private static string Table(
        IGrouping<PoolView, (PoolView Pool, string Label, IReadOnlyList<(string Measure, string Text)> Differences)> rows)
    {
        string head = string.Concat(rows.First().Differences.Select(d => $"<th scope=\"col\">{d.Measure}</th>"));
        string body = string.Concat(rows.Select(r =>
            $"<tr><th scope=\"row\">{Html(r.Label)}</th>{string.Concat(r.Differences.Select(d => $"<td>{Broken(d.Text)}</td>"))}</tr>"));
        return $"""
            <div class="card scroll" tabindex="0" role="region" aria-label="Differences from L2: {Html(rows.Key.Title)}"><table>
            <caption><b>{Html(rows.Key.Title)}</b>; seeds {string.Join(", ", rows.Key.Seeds)}</caption>
            <thead><tr><th scope="col">Loss</th>{head}</tr></thead><tbody>{body}</tbody></table></div>
            """;
    }

    // The interval stands below the number.
    private static string Broken(string text)
    {
        int end = text.IndexOf(']', StringComparison.Ordinal) + 1, begin = text.IndexOf(" [", StringComparison.Ordinal);
        return $"{text[..begin]}{text[end..]}<small>{text[(begin + 2)..(end - 1)]}</small>";
    }
}

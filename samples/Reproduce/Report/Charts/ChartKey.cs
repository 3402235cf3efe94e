namespace Reproduce.Report.Charts;

/// <summary>Draws the key of a chart's lines and marks.</summary>
internal static class ChartKey
{
    private const double Side = 14;

    public static string Of(IEnumerable<Series> lines) =>
        $"<ul class=\"key\">{string.Concat(lines.Select(l => $"<li>{Mark(l.Color, l.Style)}{Numbers.Html(l.Name)}</li>"))}</ul>";

    /// <summary>Draws one mark, for the keys of other charts.</summary>
    public static string Mark(int form, string style)
    {
        var picture = new Svg(Side, Side, "");
        picture.Mark(Side / 2, Side / 2, form, style, 4.2);
        return picture.ToString().Replace("role=\"img\" aria-label=\"\"", "aria-hidden=\"true\"", StringComparison.Ordinal);
    }
}

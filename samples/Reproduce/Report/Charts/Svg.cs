using System.Globalization;
using System.Net;
using System.Text;

namespace Reproduce.Report.Charts;

/// <summary>Writes a picture as SVG. The page's style sheet defines the colours.</summary>
internal sealed class Svg
{
    private readonly StringBuilder text = new();
    private readonly double width;
    private readonly double height;
    private readonly string title;

    /// <summary>Creates an empty picture, which is scaled to the available width when shown.</summary>
    public Svg(double width, double height, string title)
    {
        this.width = width;
        this.height = height;
        this.title = title;
    }

    public void Line(double x1, double y1, double x2, double y2, string style) =>
        text.Append(Invariant($"<line x1=\"{x1:0.##}\" y1=\"{y1:0.##}\" x2=\"{x2:0.##}\" y2=\"{y2:0.##}\" class=\"{style}\"/>"));

    public void Text(double x, double y, string content, string style, string anchor = "start") =>
        text.Append(Invariant($"<text x=\"{x:0.##}\" y=\"{y:0.##}\" text-anchor=\"{anchor}\" class=\"{style}\">"))
            .Append(WebUtility.HtmlEncode(content)).Append("</text>");

    /// <summary>Draws a line or an area through points.</summary>
    public void Path(IEnumerable<(double X, double Y)> points, string style, bool isClosed = false, string? tip = null)
    {
        string data = string.Join('L', points.Select(p => Invariant($"{p.X:0.##} {p.Y:0.##}")));
        text.Append(Invariant($"<path d=\"M{data}{(isClosed ? "Z" : "")}\" class=\"{style}\">{Tip(tip)}</path>"));
    }

    /// <summary>Draws a mark of one of six forms, which can be told apart without colours.</summary>
    public void Mark(double x, double y, int form, string style, double size = 3.5, string? tip = null)
    {
        string data = (form % 6) switch
        {
            0 => Invariant($"M{x - size:0.##} {y:0.##}a{size} {size} 0 1 0 {2 * size} 0a{size} {size} 0 1 0 {-2 * size} 0Z"),
            1 => Invariant($"M{x - size:0.##} {y - size:0.##}h{2 * size}v{2 * size}h{-2 * size}Z"),
            2 => Invariant($"M{x:0.##} {y - (1.3 * size):0.##}l{1.25 * size} {2.2 * size}h{-2.5 * size}Z"),
            3 => Invariant($"M{x:0.##} {y - (1.4 * size):0.##}l{1.4 * size} {1.4 * size}l{-1.4 * size} {1.4 * size}")
                + Invariant($"l{-1.4 * size} {-1.4 * size}Z"),
            4 => Invariant($"M{x:0.##} {y + (1.3 * size):0.##}l{1.25 * size} {-2.2 * size}h{-2.5 * size}Z"),
            _ => Invariant($"M{x - size:0.##} {y - (0.35 * size):0.##}h{2 * size}v{0.7 * size}h{-2 * size}Z"),
        };
        text.Append(Invariant($"<path d=\"{data}\" class=\"mark {style}\">{Tip(tip)}</path>"));
    }

    public override string ToString() => Invariant(
        $"<svg viewBox=\"0 0 {width:0.##} {height:0.##}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">{text}</svg>");

    private static string Tip(string? tip) => tip is null ? "" : $"<title>{WebUtility.HtmlEncode(tip)}</title>";

    private static string Invariant(FormattableString value) => value.ToString(CultureInfo.InvariantCulture);
}

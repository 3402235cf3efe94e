using System.Globalization;

namespace Reproduce.Report.Charts;

/// <summary>A line chart with optional intervals around the lines.</summary>
internal sealed record LineChart
{
    private const double Width = 360;
    private const double Height = 250;
    private const double Left = 46;
    private const double Right = 10;
    private const double Top = 24;
    private const double Bottom = 38;

    public required string Title { get; init; }

    public required string Across { get; init; }

    public required string Up { get; init; }

    public required IReadOnlyList<Series> Lines { get; init; }

    public bool IsAcrossLogarithmic { get; init; }

    public bool IsUpLogarithmic { get; init; }

    /// <summary>Values with labels on the horizontal axis; null for round values.</summary>
    public IReadOnlyList<double>? AcrossTicks { get; init; }

    /// <summary>Values with labels on the vertical axis, of which those within the lines' range are shown; null for round values.</summary>
    public IReadOnlyList<double>? UpTicks { get; init; }

    public string Draw()
    {
        (double X, double Y, double? Low, double? High)[] all = [.. Lines.SelectMany(l => l.Points)];
        double low = all.Min(p => p.Low ?? p.Y), high = all.Max(p => p.High ?? p.Y), margin = IsUpLogarithmic ? 0 : 0.06 * (high - low);
        var x = new Axis(Left + 8, Width - Right - 8, all.Min(p => p.X), all.Max(p => p.X), IsAcrossLogarithmic);
        var y = new Axis(Height - Bottom, Top, low - margin, high + margin, IsUpLogarithmic);
        var picture = new Svg(Width, Height, Title);
        foreach ((double value, string text) in Labelled(UpTicks?.Where(v => v >= low && v <= high)) ?? y.Ticks(5))
        {
            picture.Line(Left, y.At(value), Width - Right, y.At(value), "rule");
            picture.Text(Left - 5, y.At(value) + 4, text, "tick", "end");
        }

        foreach ((double value, string text) in Labelled(AcrossTicks) ?? x.Ticks(5))
        {
            picture.Line(x.At(value), Height - Bottom, x.At(value), Height - Bottom + 4, "axis");
            picture.Text(x.At(value), Height - Bottom + 16, text, "tick", "middle");
        }

        picture.Line(Left, Height - Bottom, Width - Right, Height - Bottom, "axis");
        picture.Text((Left + Width - Right) / 2, Height - 5, Across, "label", "middle");
        picture.Text(4, 11, Up, "label");
        foreach (Series line in Lines)
        {
            DrawLine(picture, line, x, y);
        }

        return picture.ToString();
    }

    private static (double Value, string Text)[]? Labelled(IEnumerable<double>? ticks) =>
        ticks?.Select(v => (v, v.ToString("0.####", CultureInfo.InvariantCulture))).ToArray();

    private static void DrawLine(Svg picture, Series line, Axis x, Axis y)
    {
        if (line.Points.All(p => p.Low is not null))
        {
            picture.Path(
                line.Points.Select(p => (x.At(p.X), y.At(p.High!.Value)))
                    .Concat(line.Points.Reverse().Select(p => (x.At(p.X), y.At(p.Low!.Value)))),
                $"band {line.Style}",
                isClosed: true);
        }

        picture.Path(line.Points.Select(p => (x.At(p.X), y.At(p.Y))), $"line {line.Style}");
        foreach ((double px, double py, double? low, double? high) in line.Points)
        {
            string interval = low is null ? "" : string.Create(CultureInfo.InvariantCulture, $" [{low:g4}, {high:g4}]");
            string tip = string.Create(CultureInfo.InvariantCulture, $"{line.Name}, {px:g4}: {py:g4}{interval}");
            picture.Mark(x.At(px), y.At(py), line.Color, line.Style, tip: tip);
        }
    }
}

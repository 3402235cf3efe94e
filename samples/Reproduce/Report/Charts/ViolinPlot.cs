using System.Globalization;
using Reproduce.Statistics;

namespace Reproduce.Report.Charts;

/// <summary>A violin plot: one distribution per row, with the intervals of its mean and 5th percentile.</summary>
internal sealed record ViolinPlot
{
    private const double Width = 360;
    private const double RowHeight = 34;
    private const double Left = 112;
    private const double Right = 24;
    private const double Top = 6;
    private const double Bottom = 36;
    private const int Samples = 60;

    // Number of bold characters that fit into one line before a row.
    private const int CharactersALine = 15;
    private const int LineHeight = 13;

    public required string Title { get; init; }

    public required string Across { get; init; }

    /// <summary>Distributions with their names and the significance stars of a test.</summary>
    public required IReadOnlyList<(string Name, IReadOnlyList<double> Values, string Stars, bool IsOurs)> Rows { get; init; }

    /// <summary>Reverses the axis, so that better values are on the right if lower is better.</summary>
    public bool IsReversed { get; init; }

    public string Draw()
    {
        double height = Top + (Rows.Count * RowHeight) + Bottom;
        double low = Rows.Min(r => r.Values.Min()), high = Rows.Max(r => r.Values.Max()), margin = 0.15 * (high - low);
        (low, high) = (low - margin, high + margin);
        var x = IsReversed ? new Axis(Width - Right, Left, low, high) : new Axis(Left, Width - Right, low, high);
        var picture = new Svg(Width, height, Title);
        foreach ((double value, string text) in x.Ticks(5))
        {
            picture.Line(x.At(value), Top, x.At(value), height - Bottom, "rule");
            picture.Text(x.At(value), height - Bottom + 14, text, "tick", "middle");
        }

        picture.Text((Left + Width - Right) / 2, height - 5, Across, "label", "middle");
        for (int i = 0; i < Rows.Count; i++)
        {
            DrawRow(picture, i, x, low, high);
        }

        return picture.ToString();
    }

    private void DrawRow(Svg picture, int index, Axis x, double low, double high)
    {
        (string name, IReadOnlyList<double> values, string stars, bool isOurs) = Rows[index];
        double middle = Top + ((index + 0.5) * RowHeight);
        string style = isOurs ? "ours" : "theirs";
        double[] densities = Density(values, low, high);
        double largest = densities.Max(), step = (high - low) / (Samples - 1);
        (double X, double Half)[] outline =
        [
            .. densities.Select((d, i) => (X: x.At(low + (i * step)), Half: d / largest * RowHeight * 0.44)).Where(p => p.Half > 0.15),
        ];
        picture.Path(
            outline.Select(p => (p.X, middle - p.Half)).Concat(outline.Reverse().Select(p => (p.X, middle + p.Half))),
            $"violin {style}",
            isClosed: true);

        ConfidenceInterval mean = Bootstrap.Interval(values, SampleStatistics.Mean);
        ConfidenceInterval tail = Bootstrap.Interval(values, v => SampleStatistics.Percentile(v, 5));
        picture.Line(x.At(mean.Low), middle, x.At(mean.High), middle, "interval");
        picture.Mark(x.At(mean.Estimate), middle, 0, "mean", tip: Tip(name, "mean", mean));
        picture.Line(x.At(tail.Low), middle + 7, x.At(tail.High), middle + 7, "interval thin");
        picture.Mark(x.At(tail.Estimate), middle + 7, 3, "percentile", 2.6, Tip(name, "5th percentile", tail));
        string[] lines = Lines(name);
        for (int i = 0; i < lines.Length; i++)
        {
            double y = middle + 4 + ((i - ((lines.Length - 1) / 2.0)) * LineHeight);
            picture.Text(Left - 6, y, lines[i], isOurs ? "row strong" : "row", "end");
        }

        if (stars.Length > 0)
        {
            picture.Text(Width - 2, middle + 5, stars, "stars", "end");
        }
    }

    // Breaks a name between words into at most two lines and truncates the rest.
    private static string[] Lines(string name)
    {
        if (name.Length <= CharactersALine)
        {
            return [name];
        }

        int space = name.LastIndexOf(' ', CharactersALine);
        return space < 0 ? [Cut(name)] : [name[..space], Cut(name[(space + 1)..])];
    }

    private static string Cut(string line) => line.Length <= CharactersALine ? line : $"{line[..(CharactersALine - 1)]}…";

    // Kernel density estimate with Gaussian kernels of Silverman's bandwidth.
    private static double[] Density(IReadOnlyList<double> values, double low, double high)
    {
        double mean = values.Average(), deviation = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
        double width = Math.Max(1.06 * deviation * Math.Pow(values.Count, -0.2), (high - low) / 200);
        return
        [
            .. Enumerable.Range(0, Samples)
                .Select(i => low + (i * (high - low) / (Samples - 1)))
                .Select(x => values.Sum(v => Math.Exp(-0.5 * (x - v) * (x - v) / (width * width)))),
        ];
    }

    private static string Tip(string name, string what, ConfidenceInterval interval) =>
        string.Create(CultureInfo.InvariantCulture, $"{name}: {what} {interval.Estimate:g4} [{interval.Low:g4}, {interval.High:g4}]");
}

using System.Globalization;
using System.Net;
using System.Text;

namespace RestoreImages;

/// <summary>Draws a training's log as a page that needs nothing else.</summary>
internal static class TrainingPage
{
    private const int Width = 460, Height = 240, Left = 64, Right = 12, Top = 12, Bottom = 32;

    private const string Style = """
        :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
        body { margin: 0 auto; max-width: 80rem; padding: 1rem; }
        main { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); }
        figure { margin: 0; }
        svg { width: 100%; height: auto; }
        text { fill: currentColor; font-size: 12px; }
        path { fill: none; stroke: light-dark(#1f5fbf, #8ab8ff); stroke-width: 1.5; }
        circle { fill: light-dark(#1f5fbf, #8ab8ff); }
        .patches { grid-template-columns: repeat(auto-fit, minmax(min(18.5rem, 100%), 1fr)); }
        img { max-width: 100%; image-rendering: pixelated; }
        line { stroke: currentColor; stroke-opacity: .2; }
        """;

    private static readonly Dictionary<string, string> Titles = new()
    {
        ["loss"] = "Loss, mean since the row before",
        ["learning_rate"] = "Learning rate",
        ["images_per_second"] = "Patches a second",
        ["resident_mib"] = "Memory of the process (MiB)",
        ["validation_psnr"] = "Validation: PSNR (dB)",
        ["validation_ssim"] = "Validation: SSIM",
        ["validation_lpips"] = "Validation: LPIPS (lower is better)",
    };

    /// <summary>Returns the page.</summary>
    public static string Html(string title, TrainingCurves curves, IReadOnlyList<TrainingPatch> patches)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Encoded(title)}</title>
            <style>
            {Style}
            </style>
            </head>
            <body>
            <h1>{Encoded(title)}</h1>
            <p>{curves.Steps[^1]} steps, {curves.Steps.Count} rows of log.csv.</p>
            <main>

            """);
        foreach ((string name, IReadOnlyList<double?> values) in curves.Columns)
        {
            (int Step, double Value)[] points =
                [.. curves.Steps.Zip(values).Where(p => p.Second is { } v && double.IsFinite(v)).Select(p => (p.First, p.Second!.Value))];
            if (points.Length > 0)
            {
                string caption = Encoded(Titles.GetValueOrDefault(name, Title(name)));
                page.Append(CultureInfo.InvariantCulture, $"<figure>\n<figcaption>{caption}</figcaption>\n");
                page.Append(Chart(points, curves.Steps[^1])).Append("</figure>\n");
            }
        }

        page.Append("</main>\n");
        Patches(page, patches);
        return page.Append("</body>\n</html>\n").ToString();
    }

    private static void Patches(StringBuilder page, IReadOnlyList<TrainingPatch> patches)
    {
        if (patches.Count == 0)
        {
            return;
        }

        page.Append("<h2>Validation images</h2>\n<p>Degraded, restored, and as it should be.</p>\n<main class=\"patches\">\n");
        foreach (TrainingPatch patch in patches)
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"<figure>\n<figcaption>step {patch.Step}, image {patch.Number}</figcaption>\n");
            page.Append(
                CultureInfo.InvariantCulture,
                $"<img alt=\"Image {patch.Number} degraded, restored after {patch.Step} steps, and as it should be\" ");
            page.Append(CultureInfo.InvariantCulture, $"src=\"data:image/png;base64,{Convert.ToBase64String(patch.Png)}\">\n</figure>\n");
        }

        page.Append("</main>\n");
    }

    private static string Title(string name) => name.Replace("validation_", "Validation: ", StringComparison.Ordinal).Replace('_', ' ');

    private static string Chart((int Step, double Value)[] points, int lastStep)
    {
        double least = points.Min(p => p.Value), most = points.Max(p => p.Value);
        double margin = most > least ? 0 : Math.Max(Math.Abs(most) * 0.1, 1e-12);
        (least, most) = (least - margin, most + margin);
        var chart = new StringBuilder();
        chart.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\">\n");
        for (int i = 0; i <= 4; i++)
        {
            double value = least + ((most - least) * i / 4), step = lastStep * i / 4.0;
            string y = Text(Y(value)), x = Text(X(step));
            chart.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y}\" y2=\"{y}\"/>\n");
            chart.Append(
                CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{y}\" dy=\"4\" text-anchor=\"end\">{value:g4}</text>\n");
            chart.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"{x}\" y=\"{Height - 10}\" text-anchor=\"{(i == 4 ? "end" : "middle")}\">{step:f0}</text>\n");
        }

        if (points.Length == 1)
        {
            string x = Text(X(points[0].Step)), y = Text(Y(points[0].Value));
            chart.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{x}\" cy=\"{y}\" r=\"3\"/>\n");
        }
        else
        {
            string path = string.Join(" L", points.Select(p => $"{Text(X(p.Step))} {Text(Y(p.Value))}"));
            chart.Append(CultureInfo.InvariantCulture, $"<path d=\"M{path}\"/>\n");
        }

        return chart.Append("</svg>\n").ToString();

        double X(double step) => Left + ((Width - Left - Right) * step / Math.Max(lastStep, 1));
        double Y(double value) => Top + ((Height - Top - Bottom) * (most - value) / (most - least));
    }

    private static string Text(double number) => number.ToString("f1", CultureInfo.InvariantCulture);

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);
}

using System.Reflection;
using Reproduce.Experiments;
using Reproduce.Report.Sections;
using static Reproduce.Report.Numbers;

namespace Reproduce.Report;

/// <summary>Writes the report as one self-contained web page.</summary>
internal static class ReportPage
{
    /// <summary>Writes the page. Images come last, one test set at a time, because together they may not fit into a string.</summary>
    public static void Write(TextWriter page, ReportData data)
    {
        (string Id, string Title, string? Content)[] sections =
        [
            ("claims", "What held", ClaimsSection.Of(data)),
            ("summary", "Summary", SummarySection.Of(data)),
            ("seeds", "Seeds", PoolSection.Of(data)),
            ("distributions", "Distributions", DistributionSection.Of(data)),
            ("budgets", "Steps", BudgetSection.Of(data)),
            ("ablation", "Ablation", AblationSection.Of(data)),
            ("lambda", "Mixing with L2", LambdaSection.Of(data)),
            ("sensitivity", "Sensitivity", SensitivitySection.Of(data)),
            ("spectrum", "Spectrum", SpectrumSection.Of(data)),
            ("manifold", "Manifold", ManifoldSection.Of(data)),
            ("viewer", "Images", ViewerSection.Of(data)),
            ("runs", "How it ran", RunsSection.Of(data)),
        ];
        (string Id, string Title, string? Content)[] shown = [.. sections.Where(s => s.Content is not null)];
        string links = string.Concat(shown.Select(s => $"<a href=\"#{s.Id}\">{s.Title}</a>"));
        IEnumerable<string> contents = shown.Select(s =>
            $"<section id=\"{s.Id}\" aria-labelledby=\"{s.Id}-title\"><h2 id=\"{s.Id}-title\">{s.Title}</h2>\n{s.Content}\n</section>");
        page.WriteLine($"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="generator" content="Mdf, samples/Reproduce">
            <link rel="icon" href="data:,">
            <title>MDF reproduced</title>
            <style>{Resource("report.css")}</style>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the results</a>
            <header>
            <h1>The MDF loss, reproduced</h1>
            <p class="lead">Every table and figure of the supplement of Mustafa et al.,
            <i>Training a Task-Specific Image Reconstruction Loss</i> (WACV 2022), reproduced and compared with the paper's numbers.</p>
            {Facts(data)}
            </header>
            <nav aria-label="Sections"><div>{links}<button type="button" id="theme"
            aria-label="Switch between light and dark">◐</button></div></nav>
            <main id="main">
            {string.Join('\n', contents)}
            </main>
            <footer>Made by <code>samples/Reproduce</code> of Mdf. Test images belong to their datasets.</footer>
            """);
        ViewerSection.WriteSets(page, data);
        page.WriteLine($"<script>{Resource("report.js")}</script>\n</body>\n</html>");
    }

    private static string Facts(ReportData data)
    {
        IReadOnlyList<ExperimentEnvironment> environments = data.Environments;
        string[] facts =
        [
            $"preset <b>{Html(data.Presets.Count == 0 ? "none" : string.Join(", ", data.Presets.Select(p => p.Preset.Name)))}</b>",
            $"<b>{data.Count}</b> results",
            $"<b>{environments.Max(e => e.Finished):yyyy-MM-dd}</b>",
            .. environments.Select(e => e.Device == "cpu" ? e.Processor : e.Device).Distinct().Select(Html),
        ];
        return $"<ul class=\"facts\">{string.Concat(facts.Select(f => $"<li>{f}</li>"))}</ul>{string.Concat(data.Presets.Select(Remark))}";
    }

    private static string Remark(PresetUse use)
    {
        string departures = string.Concat(use.Departures.Select(d => $"<li>{Html(d)}</li>"));
        string list = departures.Length == 0 ? "" : $"<p>Differences from the preset {use.Preset.Name}:</p><ul>{departures}</ul>";
        return $"<p>{Html(use.Preset.Remark)}</p>{list}";
    }

    private static string Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The program lacks its embedded resource {name}; build it again.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

using Reproduce.Experiments;
using Reproduce.Report.Charts;
using Reproduce.Spectrum;
using static Reproduce.Report.Numbers;

namespace Reproduce.Report.Sections;

/// <summary>Line charts and a table of what each loss minds, by spatial frequency and colour.</summary>
internal static class SpectrumSection
{
    /// <summary>Says what the numbers are and what follows from them.</summary>
    public const string Meaning =
        "Small sinusoids of equal squared error are added to photographs. Shown is the loss, the mean over four orientations, two phases "
        + "and the images, as a multiple of its geometric mean over the frequencies of luma. A flat line at 1 is L2. A network that learns "
        + "from a loss first removes the errors that the loss minds most, and leaves those that it minds least: a loss that rises towards "
        + "1/2 cycle a pixel sharpens detail soon and leaves slow errors of brightness and colour; one that falls leaves grain, and one "
        + "that is low in a colour leaves noise of that colour.";

    public static string? Of(ReportData data)
    {
        if (data.Spectra.Count == 0)
        {
            return null;
        }

        ExperimentRecord<SpectrumDescription, SpectrumResult>[] ordered = Ordered(data);
        string[] colors = [.. ordered[0].Description.Colors];
        string key = ChartKey.Of(colors.Select((name, i) => new Series(name, [], i)));
        SpectrumDescription first = ordered[0].Description;
        return $"""
            <p class="note">{Html(Meaning)} The middle {first.Side} x {first.Side} pixels of {first.Data.Count} images of
            {Html(first.Data.Name)}.</p>
            {key}<div class="grid">{string.Concat(ordered.Select(s => Chart(data, s, colors)))}</div>
            """;
    }

    /// <summary>Returns the measured spectra in the order of the paper's table.</summary>
    public static ExperimentRecord<SpectrumDescription, SpectrumResult>[] Ordered(ReportData data) =>
        [.. data.Spectra.OrderBy(s => TableView.Order(s.Description.Loss)).ThenBy(s => s.Description.Data.Name, StringComparer.Ordinal)];

    private static string Chart(ReportData data, ExperimentRecord<SpectrumDescription, SpectrumResult> run, string[] colors)
    {
        string title = data.TitleOf(run.Description);
        var chart = new LineChart
        {
            Title = $"Response of {title} by spatial frequency, for luma and two opponent colours",
            Across = "cycles a pixel",
            Up = "loss at equal squared error",
            IsUpLogarithmic = true,
            UpTicks = [0.1, 0.25, 0.5, 1, 2, 4],
            AcrossTicks = [0, 0.125, 0.25, 0.375, 0.5],
            Lines =
            [
                .. colors.Select((color, i) => new Series(
                    color,
                    [.. run.Result.Relative(color).Select(p => (p.Frequency, p.Response, default(double?), default(double?)))],
                    i)),
            ],
        };
        return $"<figure class=\"card\"><h3>{Html(title)}</h3>{chart.Draw()}</figure>";
    }
}

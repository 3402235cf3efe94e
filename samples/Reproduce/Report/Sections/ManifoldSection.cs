using Reproduce.Experiments;
using Reproduce.Manifold;
using Reproduce.Report.Charts;
using static Reproduce.Report.Numbers;

namespace Reproduce.Report.Sections;

/// <summary>Scatter plots and accuracies that show which distortions features tell from originals.</summary>
internal static class ManifoldSection
{
    public static string? Of(ReportData data) => data.Manifolds.Count == 0 ? null : $"""
        <p class="note">Each point is an image. t-SNE places images with similar features next to each other (in two dimensions; the
        supplement shows three). The percentage is a measure of what the picture suggests: the fraction of images that are classified
        correctly as original or distorted by their features alone, in five-fold cross-validation with an image and its distorted version
        always in the same fold. Half is chance.</p>
        <ul class="key"><li>{ChartKey.Mark(0, "original")}original</li><li>{ChartKey.Mark(3, "distorted")}distorted</li></ul>
        {string.Join('\n', data.Manifolds.OrderBy(m => m.Description.Features, StringComparer.Ordinal).Select(m => Features(data, m)))}
        """;

    private static string Features(ReportData data, ExperimentRecord<ManifoldDescription, ManifoldResult> run)
    {
        string title = data.TitleOf(run.Description);
        IEnumerable<string> cards = run.Result.Pairs.Select(p => $"""
            <figure class="card"><h3>{Html(p.Distortion)}</h3>
            {ScatterPlot.Draw($"t-SNE of {title}: originals and {p.Distortion}", p.Original, p.Distorted)}
            <div><span class="big">{Text(100 * p.Neighbors, 0)} %</span> by nearest neighbours
            <span class="note">· {Text(100 * p.Logistic, 0)} % by a plane (logistic regression)</span></div></figure>
            """);
        return $"<h3>{Html(title)}</h3><div class=\"grid small\" style=\"margin-bottom:1.5rem\">{string.Concat(cards)}</div>";
    }
}

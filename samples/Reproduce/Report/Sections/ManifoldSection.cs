using Reproduce.Experiments;
using Reproduce.Manifold;
using Reproduce.Report.Charts;
using static Reproduce.Report.Numbers;

namespace Reproduce.Report.Sections;

/// <summary>What features tell apart, as pictures and as numbers.</summary>
internal static class ManifoldSection
{
    public static string? Of(ReportData data) => data.Manifolds.Count == 0 ? null : $"""
        <p class="note">Each point is an image, placed by t-SNE so that neighbours in the network's features are neighbours here (two dimensions; the supplement shows three).
        The number says what the picture may only suggest: how many images are told apart from their features alone, by five-fold cross-validation with an image and its distorted version always left out together. Half is chance.</p>
        <ul class="key"><li>{ChartKey.Mark(0, "original")}original</li><li>{ChartKey.Mark(3, "distorted")}distorted</li></ul>
        {string.Join('\n', data.Manifolds.OrderBy(m => m.Description.Features, StringComparer.Ordinal).Select(m => Features(data, m)))}
        """;

    private static string Features(ReportData data, ExperimentRecord<ManifoldDescription, ManifoldResult> run)
    {
        string title = data.TitleOf(run.Description);
        IEnumerable<string> cards = run.Result.Pairs.Select(p => $"""
            <figure class="card"><h3>{Html(p.Distortion)}</h3>{ScatterPlot.Draw($"t-SNE of {title}: originals and {p.Distortion}", p.Original, p.Distorted)}
            <div><span class="big">{Text(100 * p.Neighbors, 0)} %</span> by nearest neighbours <span class="note">· {Text(100 * p.Logistic, 0)} % by a plane (logistic regression)</span></div></figure>
            """);
        return $"<h3>{Html(title)}</h3><div class=\"grid small\" style=\"margin-bottom:1.5rem\">{string.Concat(cards)}</div>";
    }
}

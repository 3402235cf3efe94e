using static Reproduce.Report.Numbers;

namespace Reproduce.Report.Sections;

/// <summary>What the paper says, and whether it held.</summary>
internal static class ClaimsSection
{
    public static string? Of(ReportData data)
    {
        IReadOnlyList<Claim> claims = Claims.Of(data);
        if (claims.Count == 0)
        {
            return null;
        }

        IEnumerable<string> items = claims.Select(c =>
            $"<li><span class=\"badge {Style(c.Verdict)}\">{Word(c.Verdict)}</span><div><b>{Html(c.Statement)}</b><p class=\"note\">{Html(c.Evidence)}</p></div></li>");
        return $"<p class=\"note\">One-tailed paired t-tests over the test images at 0.05; intervals are of 95 %, by bootstrap. Open means that the numbers say neither.</p><ul class=\"claims card\">{string.Concat(items)}</ul>";
    }

    public static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Held => "held",
        Verdict.Open => "open",
        _ => "did not hold",
    };

    private static string Style(Verdict verdict) => verdict switch
    {
        Verdict.Held => "held",
        Verdict.Open => "open",
        _ => "not",
    };
}

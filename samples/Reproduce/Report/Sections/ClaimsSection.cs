using System.Text.RegularExpressions;
using Reproduce.Report.Claims;
using static Reproduce.Report.Numbers;

namespace Reproduce.Report.Sections;

/// <summary>What the paper says, and whether it held.</summary>
internal static partial class ClaimsSection
{
    public static string Of(ReportData data)
    {
        IEnumerable<string> items = PaperClaims.Of(data).Select(c =>
            $"<li><span class=\"badge {Style(c.Verdict)}\">{Word(c.Verdict)}</span><div><b>{Html(c.Statement)}</b><p class=\"note\">{Code().Replace(Html(c.Evidence), "<code>$1</code>")}</p></div></li>");
        return $"<p class=\"note\">{PaperClaims.Method}</p><ul class=\"claims card\">{string.Concat(items)}</ul>";
    }

    public static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Held => "held",
        Verdict.Open => "open",
        Verdict.NotTested => "not tested",
        _ => "did not hold",
    };

    private static string Style(Verdict verdict) => verdict switch
    {
        Verdict.Held => "held",
        Verdict.Open => "open",
        Verdict.NotTested => "untested",
        _ => "not",
    };

    // The commands that a reason names.
    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}

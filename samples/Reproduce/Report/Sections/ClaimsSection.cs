using System.Text.RegularExpressions;
using Reproduce.Report.Claims;
using static Reproduce.Report.Numbers;

namespace Reproduce.Report.Sections;

/// <summary>Lists the paper's claims with their verdicts.</summary>
internal static partial class ClaimsSection
{
    public static string Of(ReportData data)
    {
        string items = string.Concat(PaperClaims.Of(data).Select(Item));
        return $"<p class=\"note\">{PaperClaims.Method}</p><ul class=\"claims card\">{items}</ul>";
    }

    public static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Held => "held",
        Verdict.Open => "open",
        Verdict.NotTested => "not tested",
        _ => "did not hold",
    };

    private static string Item(Claim claim)
    {
        string evidence = Code().Replace(Html(claim.Evidence), "<code>$1</code>");
        return $"<li><span class=\"badge {Style(claim.Verdict)}\">{Word(claim.Verdict)}</span>"
            + $"<div><b>{Html(claim.Statement)}</b><p class=\"note\">{evidence}</p></div></li>";
    }

    private static string Style(Verdict verdict) => verdict switch
    {
        Verdict.Held => "held",
        Verdict.Open => "open",
        Verdict.NotTested => "untested",
        _ => "not",
    };

    // Commands in the evidence, between backticks.
    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}

using System.Text.RegularExpressions;
using Reproduce.Presets;
using Reproduce.Report.Claims;
using static Reproduce.Report.Numbers;

namespace Reproduce.Report.Sections;

/// <summary>Lists the paper's claims with their verdicts.</summary>
internal static partial class ClaimsSection
{
    public static string Of(ReportData data)
    {
        // Results of the preset smoke say nothing, so that no colour calls attention to their verdicts.
        bool isTest = data.Presets.Count > 0 && data.Presets.All(p => p.Preset == AllPresets.Smoke);
        string items = string.Concat(PaperClaims.Of(data).Select(claim => Item(claim, isTest ? Verdict.NotTested : claim.Verdict)));
        return $"<p class=\"note\">{PaperClaims.Method}</p><ul class=\"claims card\">{items}</ul>";
    }

    public static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Held => "held",
        Verdict.Open => "open",
        Verdict.NotTested => "not tested",
        _ => "did not hold",
    };

    private static string Item(Claim claim, Verdict style)
    {
        string evidence = Code().Replace(Html(claim.Evidence), "<code>$1</code>");
        return $"<li><span class=\"badge {Style(style)}\">{Word(claim.Verdict)}</span>"
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

namespace Reproduce.Report.Claims;

/// <summary>Something the paper says, and what became of it here.</summary>
/// <param name="Statement">What it says.</param>
/// <param name="Verdict">Whether it held.</param>
/// <param name="Evidence">The numbers, or why there are none.</param>
internal sealed record Claim(string Statement, Verdict Verdict, string Evidence)
{
    /// <summary>One that the results say nothing about.</summary>
    public static Claim NotTested(string statement, string reason) => new(statement, Verdict.NotTested, reason);
}

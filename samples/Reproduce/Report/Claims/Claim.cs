namespace Reproduce.Report.Claims;

/// <summary>A claim of the paper and its verdict here.</summary>
/// <param name="Statement">The claim.</param>
/// <param name="Verdict">Whether the claim held.</param>
/// <param name="Evidence">The numbers, or the reason why there are none.</param>
internal sealed record Claim(string Statement, Verdict Verdict, string Evidence)
{
    /// <summary>Returns a claim for which there are no results.</summary>
    public static Claim NotTested(string statement, string reason) => new(statement, Verdict.NotTested, reason);
}

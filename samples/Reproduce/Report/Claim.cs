namespace Reproduce.Report;

/// <summary>Something the paper says, and what became of it here.</summary>
/// <param name="Statement">What it says.</param>
/// <param name="Verdict">Whether it held.</param>
/// <param name="Evidence">The numbers.</param>
internal sealed record Claim(string Statement, Verdict Verdict, string Evidence);

/// <summary>Whether a claim held.</summary>
internal enum Verdict
{
    /// <summary>It did, significantly.</summary>
    Held,

    /// <summary>The numbers say neither.</summary>
    Open,

    /// <summary>It did not, significantly.</summary>
    DidNotHold,
}

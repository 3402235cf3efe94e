namespace Reproduce.Report.Claims;

/// <summary>Whether a claim held.</summary>
internal enum Verdict
{
    /// <summary>It did: significantly, or by the rule that its evidence names.</summary>
    Held,

    /// <summary>The numbers say neither.</summary>
    Open,

    /// <summary>It did not: the contrary is significant, or so by the rule that its evidence names.</summary>
    DidNotHold,

    /// <summary>There are no numbers.</summary>
    NotTested,
}

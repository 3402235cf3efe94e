namespace Reproduce.Report.Claims;

/// <summary>The verdict on a claim.</summary>
internal enum Verdict
{
    /// <summary>The claim held, significantly or by the rule in its evidence.</summary>
    Held,

    /// <summary>The results decide neither way.</summary>
    Open,

    /// <summary>The contrary of the claim held, significantly or by the rule in its evidence.</summary>
    DidNotHold,

    /// <summary>There are no results for the claim.</summary>
    NotTested,
}

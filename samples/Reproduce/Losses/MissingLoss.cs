namespace Reproduce.Losses;

/// <summary>A loss that cannot be made here, and why.</summary>
internal sealed record MissingLoss(string Name, string Reason);

namespace Reproduce.Losses;

/// <summary>A loss that is not available, and the reason.</summary>
internal sealed record MissingLoss(string Name, string Reason);

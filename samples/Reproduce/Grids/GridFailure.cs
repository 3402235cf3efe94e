namespace Reproduce.Grids;

/// <summary>An experiment that could not be done.</summary>
/// <param name="Title">Which one.</param>
/// <param name="Reason">Why.</param>
internal sealed record GridFailure(string Title, string Reason);

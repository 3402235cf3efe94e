namespace Reproduce.Grids;

/// <summary>An experiment that failed.</summary>
/// <param name="Title">Title of the experiment.</param>
/// <param name="Reason">Reason of the failure.</param>
internal sealed record GridFailure(string Title, string Reason);

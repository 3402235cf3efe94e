namespace Reproduce.Grids;

/// <summary>A piece of work that leaves a result behind.</summary>
/// <param name="Title">What it is, for people.</param>
/// <param name="IsDone">Whether its result is there.</param>
/// <param name="Run">Does it; tells what part is done.</param>
internal sealed record GridItem(string Title, Func<bool> IsDone, Action<IProgress<double>, CancellationToken> Run);

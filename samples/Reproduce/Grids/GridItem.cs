namespace Reproduce.Grids;

/// <summary>An experiment of a grid, whose result is saved.</summary>
/// <param name="Title">Title to display.</param>
/// <param name="IsDone">Returns whether the result exists.</param>
/// <param name="Run">Runs the experiment and reports the finished fraction, 0 to 1.</param>
internal sealed record GridItem(string Title, Func<bool> IsDone, Action<IProgress<double>, CancellationToken> Run);

using System.Diagnostics;
using Reproduce.Experiments;

namespace Reproduce.Grids;

/// <summary>An experiment of a grid, whose result is saved.</summary>
/// <param name="Title">Title to display.</param>
/// <param name="IsDone">Returns whether the result exists.</param>
/// <param name="Run">Runs the experiment and reports the finished fraction, 0 to 1.</param>
internal sealed record GridItem(string Title, Func<bool> IsDone, Action<IProgress<double>, CancellationToken> Run)
{
    /// <summary>Returns an experiment whose record is its only result.</summary>
    /// <param name="workspace">Folder of the records.</param>
    /// <param name="title">Title to display.</param>
    /// <param name="kind">Kind of the experiment.</param>
    /// <param name="description">Everything that determines the result.</param>
    /// <param name="measure">Returns the result, and reports the finished fraction.</param>
    public static GridItem Of<TDescription, TResult>(
        Workspace workspace,
        string title,
        string kind,
        TDescription description,
        Func<IProgress<double>, CancellationToken, TResult> measure)
        where TDescription : notnull => new(
            title,
            () => workspace.Runs.Find<TDescription, TResult>(kind, description) is not null,
            (progress, cancellation) =>
            {
                var watch = Stopwatch.StartNew();
                TResult result = measure(progress, cancellation);
                workspace.Runs.Save(kind, description, result, ExperimentEnvironment.Current(watch.Elapsed, workspace.Device));
            });
}

using System.Diagnostics;
using Reproduce.Experiments;
using Samples.Common;
using Spectre.Console;

namespace Reproduce.Grids;

/// <summary>Runs a grid of experiments. Finished experiments are skipped, and a failed experiment does not stop the others.</summary>
internal static class Grid
{
    /// <summary>Runs the unfinished experiments of one part of a grid and returns the failures.</summary>
    public static IReadOnlyList<GridFailure> Run(IReadOnlyList<GridItem> items, Shard shard, CancellationToken cancellation)
    {
        var failures = new List<GridFailure>();
        GridItem[] own = [.. shard.Of(items)];
        var left = new List<GridItem>();
        foreach (GridItem item in own)
        {
            Try(item, () =>
            {
                if (!item.IsDone())
                {
                    left.Add(item);
                }
            }, failures);
        }

        string part = shard == Shard.Whole ? "" : $", part {shard} of {items.Count}";
        AnsiConsole.MarkupLineInterpolated(
            $"{own.Length} experiments{part}; {own.Length - left.Count - failures.Count} of them are done already.");
        if (Console.IsOutputRedirected)
        {
            for (int i = 0; i < left.Count; i++)
            {
                RunOne(left[i], $"{i + 1}/{left.Count}", failures, cancellation);
            }
        }
        else
        {
            ShowAll(left, failures, cancellation);
        }

        Tell(failures, own.Length);
        return failures;
    }

    private static void ShowAll(List<GridItem> left, List<GridFailure> failures, CancellationToken cancellation) => AnsiConsole.Progress()
        .Columns(
            new TaskDescriptionColumn { Alignment = Justify.Left },
            new ProgressBarColumn(),
            new PercentageColumn(),
            new RemainingTimeColumn())
        .Start(console =>
        {
            ProgressTask all = console.AddTask("all", maxValue: left.Count);
            foreach (GridItem item in left)
            {
                ProgressTask one = console.AddTask(Markup.Escape(item.Title), maxValue: 1);
                if (Try(item, () => RunUnlessDone(item, new Reporter<double>(done => one.Value = done), cancellation), failures))
                {
                    one.Value = 1;
                }
                else
                {
                    one.Description = $"[red]{Markup.Escape(item.Title)}: failed[/]";
                    one.StopTask();
                }

                all.Increment(1);
            }
        });

    // A log file has no use for progress bars.
    private static void RunOne(GridItem item, string number, List<GridFailure> failures, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        Console.WriteLine($"[{number}] {item.Title}");
        Console.WriteLine(Try(item, () => RunUnlessDone(item, new Reporter<double>(_ => { }), cancellation), failures)
            ? FormattableString.Invariant($"[{number}] done in {watch.Elapsed.TotalSeconds:f1} s")
            : $"[{number}] failed: {failures[^1].Reason}");
    }

    // Checks again, because a grid may contain an experiment twice.
    private static void RunUnlessDone(GridItem item, IProgress<double> progress, CancellationToken cancellation)
    {
        if (!item.IsDone())
        {
            item.Run(progress, cancellation);
        }
    }

    // A grid may run unattended for days, so any failure of one experiment is recorded and the next experiment starts.
    private static bool Try(GridItem item, Action action, List<GridFailure> failures)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            failures.Add(new GridFailure(item.Title, Messages.Reason(e)));
            return false;
        }
    }

    private static void Tell(List<GridFailure> failures, int count)
    {
        if (failures.Count == 0)
        {
            return;
        }

        Console.Error.WriteLine($"{failures.Count} of {count} experiments failed; run the same command to try them again:");
        foreach (GridFailure failure in failures)
        {
            Console.Error.WriteLine($"- {failure.Title}: {failure.Reason}");
        }
    }
}

using System.Diagnostics;
using Mdf.Experiments;
using Samples.Common;
using Spectre.Console;

namespace Reproduce.Grids;

/// <summary>Works through a grid of experiments; those that were done are not done again.</summary>
internal static class Grid
{
    /// <summary>Does what is left of a part of a grid.</summary>
    public static void Run(IReadOnlyList<GridItem> items, Shard shard, CancellationToken cancellation)
    {
        GridItem[] own = [.. shard.Of(items)];
        GridItem[] left = [.. own.Where(i => !i.IsDone())];
        AnsiConsole.MarkupLineInterpolated($"{own.Length} experiments{(shard == Shard.Whole ? "" : $", part {shard} of {items.Count}")}; {own.Length - left.Length} are done already.");
        if (Console.IsOutputRedirected)
        {
            for (int i = 0; i < left.Length; i++)
            {
                RunOne(left[i], $"{i + 1}/{left.Length}", cancellation);
            }

            return;
        }

        AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(console =>
            {
                ProgressTask all = console.AddTask("all", maxValue: left.Length);
                foreach (GridItem item in left)
                {
                    ProgressTask one = console.AddTask(Markup.Escape(item.Title), maxValue: 1);
                    RunUnlessDone(item, new Reporter<double>(done => one.Value = done), cancellation);
                    one.Value = 1;
                    all.Increment(1);
                }
            });
    }

    // A log file gets two lines an experiment.
    private static void RunOne(GridItem item, string number, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        Console.WriteLine($"[{number}] {item.Title}");
        RunUnlessDone(item, new Reporter<double>(_ => { }), cancellation);
        Console.WriteLine(FormattableString.Invariant($"[{number}] done in {watch.Elapsed.TotalSeconds:f1} s"));
    }

    // A grid may name an experiment twice.
    private static void RunUnlessDone(GridItem item, IProgress<double> progress, CancellationToken cancellation)
    {
        if (!item.IsDone())
        {
            item.Run(progress, cancellation);
        }
    }
}

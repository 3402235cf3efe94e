using System.Diagnostics;
using Spectre.Console;

namespace RestoreImages;

/// <summary>
/// Shows how far the restoration of an image is: by a bar, or in a file by a line now and then. Quick restorations show nothing.
/// </summary>
internal sealed class ImageProgress : IProgress<double>
{
    /// <summary>Number of times that a self-ensemble restores an image.</summary>
    public const int EnsemblePasses = 8;

    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(10);

    private readonly Stopwatch sinceLine = Stopwatch.StartNew();
    private readonly int passes;
    private readonly Action<double> show;
    private int pass = -1;
    private TimeSpan wait = Quick;

    private ImageProgress(int passes, Action<double> show)
    {
        this.passes = passes;
        this.show = show;
    }

    /// <summary>Restores an image and shows the progress.</summary>
    /// <param name="name">Name of the image.</param>
    /// <param name="passes">Number of times that the image is restored.</param>
    /// <param name="restore">Restores the image and reports the progress.</param>
    public static T Show<T>(string name, int passes, Func<ImageProgress, T> restore)
    {
        if (Console.IsOutputRedirected)
        {
            return restore(new ImageProgress(
                passes, done => Console.WriteLine(FormattableString.Invariant($"{name}: {100 * done:f0} %"))));
        }

        return AnsiConsole.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(console =>
            {
                ProgressTask bar = console.AddTask(Markup.Escape(name), maxValue: 1);
                return restore(new ImageProgress(passes, done => bar.Value = done));
            });
    }

    /// <summary>Begins the next pass over the image.</summary>
    public void BeginPass() => pass++;

    /// <summary>Takes the finished fraction of the pass.</summary>
    public void Report(double value)
    {
        double done = (pass + value) / passes;
        if (!Console.IsOutputRedirected)
        {
            show(done);
        }
        else if (sinceLine.Elapsed >= wait && done < 1)
        {
            show(done);
            wait = BetweenLines;
            sinceLine.Restart();
        }
    }
}

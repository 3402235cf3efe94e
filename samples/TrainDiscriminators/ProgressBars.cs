using Mdf.Training.Discriminators;
using Samples.Common;
using Spectre.Console;

namespace TrainDiscriminators;

/// <summary>Shows one progress bar per scale.</summary>
internal sealed class ProgressBars(ProgressContext console)
{
    private readonly Dictionary<int, ProgressTask> bars = [];

    public void Show(DiscriminatorTrainingProgress now)
    {
        if (!bars.TryGetValue(now.Scale, out ProgressTask? bar))
        {
            bar = console.AddTask("", maxValue: now.Iterations);
            bars.Add(now.Scale, bar);
        }

        bar.Value = now.Iteration;
        bar.Description =
            FormattableString.Invariant($"scale {now.Scale + 1}/{now.ScaleCount} {now.Width,4}x{now.Height,-4} ")
            + FormattableString.Invariant($"W {now.WassersteinEstimate,7:f3}  error {now.ReconstructionError:f4}  ")
            + $"{Clock.Text(now.Remaining)} left in total";
    }
}

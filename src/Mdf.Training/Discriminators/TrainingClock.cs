using System.Diagnostics;

namespace Mdf.Training.Discriminators;

/// <summary>Measures the training time and estimates the remaining time.</summary>
internal sealed class TrainingClock(DiscriminatorTrainingOptions options, TrainingRun run)
{
    private readonly Stopwatch watch = new();
    private double done;
    private double ofCurrent;
    private int begunAt;

    /// <summary>Starts a scale at an iteration; above 0 if an earlier run has done part of the scale.</summary>
    public void Begin(int scale, int iteration)
    {
        done += ofCurrent;
        ofCurrent = 0;
        begunAt = iteration;
        if (iteration < options.Iterations)
        {
            watch.Start();
        }
    }

    public DiscriminatorTrainingProgress Progress(int scale, int iteration, ScaleLosses losses)
    {
        ofCurrent = (iteration - begunAt) * Work(scale);
        double left = (options.Iterations - iteration) * Work(scale);
        for (int later = scale + 1; later < run.ScaleCount; later++)
        {
            left += options.Iterations * Work(later);
        }

        (int height, int width) = run.SizeOf(scale);
        return new DiscriminatorTrainingProgress
        {
            Scale = scale,
            ScaleCount = run.ScaleCount,
            Iteration = iteration,
            Iterations = options.Iterations,
            Height = height,
            Width = width,
            WassersteinEstimate = losses.RealScore - losses.FakeScore,
            RealScore = losses.RealScore,
            FakeScore = losses.FakeScore,
            GradientPenalty = losses.GradientPenalty,
            ReconstructionError = losses.ReconstructionError,
            Elapsed = watch.Elapsed,
            Remaining = watch.Elapsed * (left / (done + ofCurrent)),
        };
    }

    // Relative cost of an iteration: the multiplications of its convolutions plus an overhead that does not depend on the size.
    private double Work(int scale)
    {
        (int height, int width) = run.SizeOf(scale);
        double channels = options.WidthOf(scale);
        return 1e8 + ((double)height * width * channels * ((options.BodyBlocks * channels) + 4));
    }
}

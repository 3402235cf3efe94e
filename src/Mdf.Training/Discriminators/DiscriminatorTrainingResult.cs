using Mdf.Models.Adversarial;

namespace Mdf.Training.Discriminators;

/// <summary>The result of a training of discriminators. The result owns and disposes the discriminators and samples.</summary>
public sealed class DiscriminatorTrainingResult : IDisposable
{
    internal DiscriminatorTrainingResult(bool isComplete, DiscriminatorPyramid? discriminators, IReadOnlyList<ScaleSample> samples)
    {
        IsComplete = isComplete;
        Discriminators = discriminators;
        Samples = samples;
    }

    /// <summary>Whether all scales have been trained; false after a cancellation.</summary>
    public bool IsComplete { get; }

    /// <summary>The discriminators of the finished scales, on the CPU and in evaluation mode; null if no scale is finished.</summary>
    public DiscriminatorPyramid? Discriminators { get; }

    /// <summary>One sample for each finished scale, made from the first seed image.</summary>
    public IReadOnlyList<ScaleSample> Samples { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Discriminators?.Dispose();
        foreach (ScaleSample sample in Samples)
        {
            sample.Dispose();
        }
    }
}

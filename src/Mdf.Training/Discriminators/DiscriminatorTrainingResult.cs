using Mdf.Models.Adversarial;

namespace Mdf.Training.Discriminators;

/// <summary>What a training gave; it owns its discriminators and samples.</summary>
public sealed class DiscriminatorTrainingResult : IDisposable
{
    internal DiscriminatorTrainingResult(bool isComplete, DiscriminatorPyramid? discriminators, IReadOnlyList<ScaleSample> samples)
    {
        IsComplete = isComplete;
        Discriminators = discriminators;
        Samples = samples;
    }

    /// <summary>Whether every scale has been trained; not so after a cancellation.</summary>
    public bool IsComplete { get; }

    /// <summary>The discriminators of the finished scales, on the CPU, in evaluation mode; null if no scale is finished.</summary>
    public DiscriminatorPyramid? Discriminators { get; }

    /// <summary>A sample of each finished scale, of the first seed image.</summary>
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

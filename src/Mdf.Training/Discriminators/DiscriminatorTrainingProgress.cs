namespace Mdf.Training.Discriminators;

/// <summary>Where a training stands, after an iteration.</summary>
public sealed record DiscriminatorTrainingProgress
{
    /// <summary>The scale in training, counted from 0, the coarsest.</summary>
    public required int Scale { get; init; }

    /// <summary>The number of scales.</summary>
    public required int ScaleCount { get; init; }

    /// <summary>The iterations done at this scale.</summary>
    public required int Iteration { get; init; }

    /// <summary>The iterations of a scale.</summary>
    public required int Iterations { get; init; }

    /// <summary>The height of the (first) seed image at this scale, in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>The width of the (first) seed image at this scale, in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>The mean score of the seed image less that of the generated one: the discriminator's estimate of their Wasserstein distance.</summary>
    public required double WassersteinEstimate { get; init; }

    /// <summary>The mean score of the seed image.</summary>
    public required double RealScore { get; init; }

    /// <summary>The mean score of the generated image.</summary>
    public required double FakeScore { get; init; }

    /// <summary>The gradient penalty, weighted.</summary>
    public required double GradientPenalty { get; init; }

    /// <summary>The mean squared error between the generated image and the seed image, of values in [-1, 1], not weighted.</summary>
    public required double ReconstructionError { get; init; }

    /// <summary>The time this call has taken.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>An estimate of the time that is left, from the convolutions still to do.</summary>
    public required TimeSpan Remaining { get; init; }
}

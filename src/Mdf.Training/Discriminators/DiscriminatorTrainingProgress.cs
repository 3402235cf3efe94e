namespace Mdf.Training.Discriminators;

/// <summary>Progress of a training of discriminators after one iteration.</summary>
public sealed record DiscriminatorTrainingProgress
{
    /// <summary>Index of the scale in training; 0 is the coarsest.</summary>
    public required int Scale { get; init; }

    /// <summary>Number of scales.</summary>
    public required int ScaleCount { get; init; }

    /// <summary>Number of iterations done at this scale.</summary>
    public required int Iteration { get; init; }

    /// <summary>Number of iterations per scale.</summary>
    public required int Iterations { get; init; }

    /// <summary>Height of the first seed image at this scale, in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Width of the first seed image at this scale, in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>
    /// Mean score of the seed image minus mean score of the generated image: the discriminator's estimate of the Wasserstein distance
    /// between them.
    /// </summary>
    public required double WassersteinEstimate { get; init; }

    /// <summary>Mean score of the seed image in the iteration's last discriminator step.</summary>
    public required double RealScore { get; init; }

    /// <summary>Mean score of the generated image in the iteration's last discriminator step.</summary>
    public required double FakeScore { get; init; }

    /// <summary>Gradient penalty in the iteration's last discriminator step, multiplied by its weight.</summary>
    public required double GradientPenalty { get; init; }

    /// <summary>
    /// Mean squared error between the generated image and the seed image, for values in [-1, 1], in the iteration's last generator step;
    /// not multiplied by its weight.
    /// </summary>
    public required double ReconstructionError { get; init; }

    /// <summary>Training time of this call so far.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Estimated remaining time, based on the cost of the remaining convolutions.</summary>
    public required TimeSpan Remaining { get; init; }
}

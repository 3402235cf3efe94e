namespace Mdf.Training.Restoration;

/// <summary>Progress of a training of a restoration network after one step.</summary>
public sealed record RestorationTrainingProgress
{
    /// <summary>Number of steps done, including those of earlier runs.</summary>
    public required int Step { get; init; }

    /// <summary>Total number of steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Mean loss in this call's latest log line; null before the first line.</summary>
    public required double? Loss { get; init; }

    /// <summary>Learning rate of the step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Training speed in patches per second in this call's latest log line; null before the first line.</summary>
    public required double? ImagesPerSecond { get; init; }

    /// <summary>Scores of this call's latest validation; null before the first validation.</summary>
    public required RestorationScores? Validation { get; init; }

    /// <summary>Duration of this call so far.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Estimated remaining time, based on this call's mean speed.</summary>
    public required TimeSpan Remaining { get; init; }
}

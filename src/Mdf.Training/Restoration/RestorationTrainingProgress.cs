namespace Mdf.Training.Restoration;

/// <summary>Where the training of a restoration network stands, after a step.</summary>
public sealed record RestorationTrainingProgress
{
    /// <summary>The steps done, those of earlier runs included.</summary>
    public required int Step { get; init; }

    /// <summary>The steps in all.</summary>
    public required int Steps { get; init; }

    /// <summary>The mean loss in the last line of the log; null before the first.</summary>
    public required double? Loss { get; init; }

    /// <summary>The learning rate of the step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Patches a second in the last line of the log; null before the first.</summary>
    public required double? ImagesPerSecond { get; init; }

    /// <summary>The scores of the last validation; null before the first.</summary>
    public required RestorationScores? Validation { get; init; }

    /// <summary>The time this call has taken.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>An estimate of the time that is left, from this call's speed.</summary>
    public required TimeSpan Remaining { get; init; }
}

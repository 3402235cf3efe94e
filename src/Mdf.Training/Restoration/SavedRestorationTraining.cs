namespace Mdf.Training.Restoration;

/// <summary>The progress of a training of a restoration network whose state is saved in a folder.</summary>
public sealed record SavedRestorationTraining
{
    /// <summary>Number of steps done, at least 1.</summary>
    public required int Step { get; init; }

    /// <summary>Total number of steps that the training was last run for.</summary>
    public required int Steps { get; init; }

    /// <summary>Whether all steps and the last validation were done.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>
    /// Best mean of the metric <see cref="RestorationTrainingOptions.BestBy"/> in all validations, such as PSNR in dB; null without a
    /// validation.
    /// </summary>
    public required double? BestValue { get; init; }

    /// <summary>Step of the best validation; null without a validation.</summary>
    public required int? BestStep { get; init; }
}

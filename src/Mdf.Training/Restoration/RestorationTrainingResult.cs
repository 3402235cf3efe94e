using Mdf.Data;

namespace Mdf.Training.Restoration;

/// <summary>The result of a training of a restoration network.</summary>
public sealed record RestorationTrainingResult
{
    /// <summary>Number of steps done, including those of earlier runs.</summary>
    public required int Step { get; init; }

    /// <summary>Whether all steps and the last validation were done; false after a cancellation.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>Scores of this call's last validation; null without a validation.</summary>
    public required RestorationScores? Validation { get; init; }

    /// <summary>
    /// Best mean of the metric <see cref="RestorationTrainingOptions.BestBy"/> in all validations, including those of earlier runs, such as
    /// PSNR in dB; null without a validation.
    /// </summary>
    public required double? BestValue { get; init; }

    /// <summary>Step of the best validation; null without a validation.</summary>
    public required int? BestStep { get; init; }

    /// <summary>Training images that this call could not use, with the reasons.</summary>
    public required IReadOnlyList<SkippedImage> Skipped { get; init; }
}

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

    /// <summary>Highest mean PSNR of all validations in dB, including those of earlier runs; null without a validation.</summary>
    public required double? BestPsnr { get; init; }

    /// <summary>Step of the validation with the highest mean PSNR; null without a validation.</summary>
    public required int? BestStep { get; init; }

    /// <summary>Training images that this call could not use, with the reasons.</summary>
    public required IReadOnlyList<SkippedImage> Skipped { get; init; }
}

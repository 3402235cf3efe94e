using Mdf.Data;

namespace Mdf.Training.Restoration;

/// <summary>What the training of a restoration network came to.</summary>
public sealed record RestorationTrainingResult
{
    /// <summary>The steps done, those of earlier runs included.</summary>
    public required int Step { get; init; }

    /// <summary>Whether all steps were done; not so after a cancellation.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>The scores of this call's last validation; null if there was none.</summary>
    public required RestorationScores? Validation { get; init; }

    /// <summary>The highest mean PSNR in a validation, earlier runs included; null if there was none.</summary>
    public required double? BestPsnr { get; init; }

    /// <summary>The step of that validation; null if there was none.</summary>
    public required int? BestStep { get; init; }

    /// <summary>The images that this call drew and could not use.</summary>
    public required IReadOnlyList<SkippedImage> Skipped { get; init; }
}

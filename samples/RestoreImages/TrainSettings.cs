using Mdf.Losses;
using Mdf.Training.Restoration;

namespace RestoreImages;

/// <summary>Settings of a training from the command line.</summary>
internal sealed record TrainSettings
{
    public required string Images { get; init; }

    public required string? Validation { get; init; }

    public required int ValidationCount { get; init; }

    public required string Network { get; init; }

    public required string? From { get; init; }

    public required string? Key { get; init; }

    public required bool Lpips { get; init; }

    public required string? Degradation { get; init; }

    public required string Loss { get; init; }

    public required string? LossWeights { get; init; }

    public required MdfPrecision LossPrecision { get; init; }

    public required bool Adversarial { get; init; }

    public required string Device { get; init; }

    public required string Output { get; init; }

    public required bool Resume { get; init; }

    public required RestorationTrainingOptions Options { get; init; }

    /// <summary>Describes the loss in checkpoints. A training resumes only from a state with the same description.</summary>
    public string LossDescription =>
        (LossWeights is null ? Loss : $"{Loss}, weights {Path.GetFileName(LossWeights)}")
        + (LossPrecision == MdfPrecision.Full ? "" : $", {LossPrecision}");

    public string LastCheckpoint => Path.Combine(Output, "last.ckpt");
}

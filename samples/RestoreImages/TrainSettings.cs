using Mdf.Data;
using Mdf.Losses;
using Mdf.Training.Restoration;

namespace RestoreImages;

/// <summary>Settings of a training from the command line.</summary>
internal sealed record TrainSettings
{
    public required string Images { get; init; }

    /// <summary>Pairs to learn from instead; null if images are degraded.</summary>
    public required PairedFolders? Pairs { get; init; }

    public required string? Validation { get; init; }

    /// <summary>Pairs to validate with instead; null if images are degraded.</summary>
    public required PairedFolders? ValidationPairs { get; init; }

    /// <summary>Folder that keeps decoded images; null for none.</summary>
    public required string? Cache { get; init; }

    public required int ValidationCount { get; init; }

    public required string Network { get; init; }

    public required string? From { get; init; }

    public required string? Key { get; init; }

    public required bool Lpips { get; init; }

    public required IReadOnlyList<EvaluationMetric> Metrics { get; init; }

    public required string? Degradation { get; init; }

    public required IReadOnlyList<LossTerm> Loss { get; init; }

    public required MdfPrecision LossPrecision { get; init; }

    public required bool Adversarial { get; init; }

    public required string Device { get; init; }

    /// <summary>Whether processes that an MPI launcher started train together.</summary>
    public required bool IsDistributed { get; init; }

    public required string Output { get; init; }

    public required bool Resume { get; init; }

    /// <summary>The command line's options as JSON.</summary>
    public required string OptionsText { get; init; }

    public required RestorationTrainingOptions Options { get; init; }

    /// <summary>Describes the loss in checkpoints. A training resumes only from a state with the same description.</summary>
    public string LossDescription =>
        string.Join(" + ", Loss) + (LossPrecision == MdfPrecision.Full ? "" : $", {LossPrecision}");

    public string OptionsFile => Path.Combine(Output, "options.json");

    public string LastCheckpoint => Path.Combine(Output, "last.ckpt");
}

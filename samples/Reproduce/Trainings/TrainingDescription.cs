using Mdf.Models.Restoration;
using Reproduce.Data;
using Reproduce.Losses;

namespace Reproduce.Trainings;

/// <summary>Identifies a training of a network by everything that affects its result.</summary>
internal sealed record TrainingDescription
{
    public required string Application { get; init; }

    public required string Degradation { get; init; }

    public required RestorationOptions Network { get; init; }

    public required LossDescription Loss { get; init; }

    public required DataDescription Data { get; init; }

    public required int Steps { get; init; }

    public required int Batch { get; init; }

    public required int Patch { get; init; }

    public required double LearningRate { get; init; }

    public required string Schedule { get; init; }

    public required long Seed { get; init; }
}

using Mdf.Losses;
using Mdf.Training.Discriminators;
using Reproduce.Data;

namespace Reproduce.Losses;

/// <summary>
/// Identifies a training of discriminators by everything that affects its result. The identity replaces the checksum of the weights, so
/// members must keep their names.
/// </summary>
internal sealed record SeedImageDescription
{
    public required RestorationTask Task { get; init; }

    /// <summary>Seed images.</summary>
    public required DataDescription Seeds { get; init; }

    public required DiscriminatorTrainingOptions Options { get; init; }
}

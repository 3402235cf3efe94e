using Mdf.Losses;
using Mdf.Training.Discriminators;
using Reproduce.Data;

namespace Reproduce.Losses;

/// <summary>All that decides discriminators that are trained here. Its identity stands for their checksum: members keep their names.</summary>
internal sealed record SeedImageDescription
{
    public required RestorationTask Task { get; init; }

    /// <summary>The images they are trained on.</summary>
    public required DataDescription Seeds { get; init; }

    public required DiscriminatorTrainingOptions Options { get; init; }
}

using Reproduce.Trainings;

namespace Reproduce.Manifold;

/// <summary>All that decides the discriminator of SRGAN. Its identity is part of results: members keep their names.</summary>
internal sealed record SrganDescription
{
    public required string Method { get; init; }

    /// <summary>The training of the generator before there is a discriminator; both together are trained with the same settings.</summary>
    public required TrainingDescription Generator { get; init; }

    public required double AdversarialWeight { get; init; }
}

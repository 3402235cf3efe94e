using Reproduce.Trainings;

namespace Reproduce.Manifold;

/// <summary>
/// Identifies a training of SRGAN's discriminator by everything that affects its result. The identity is part of results, so members must
/// keep their names.
/// </summary>
internal sealed record SrganDescription
{
    public required string Method { get; init; }

    /// <summary>Pretraining of the generator. The adversarial training has the same settings.</summary>
    public required TrainingDescription Generator { get; init; }

    public required double AdversarialWeight { get; init; }
}

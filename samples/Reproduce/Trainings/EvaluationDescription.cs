using Reproduce.Data;

namespace Reproduce.Trainings;

/// <summary>Identifies an evaluation of a network, or of degraded images, by everything that affects its result.</summary>
internal sealed record EvaluationDescription
{
    /// <summary>Training of the network; null for degraded images without a network.</summary>
    public TrainingDescription? Training { get; init; }

    public required string Application { get; init; }

    public required string Degradation { get; init; }

    public required DataDescription Data { get; init; }

    /// <summary>Metrics and their settings, as text.</summary>
    public required string Measures { get; init; }

    /// <summary>Checksum of LPIPS's network; null if LPIPS is not measured.</summary>
    public string? Lpips { get; init; }
}

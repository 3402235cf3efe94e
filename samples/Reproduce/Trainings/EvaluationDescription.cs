using Reproduce.Data;

namespace Reproduce.Trainings;

/// <summary>All that decides what is measured of a network, or of images as they are before any.</summary>
internal sealed record EvaluationDescription
{
    /// <summary>The network; null for none.</summary>
    public TrainingDescription? Training { get; init; }

    public required string Application { get; init; }

    public required string Degradation { get; init; }

    public required DataDescription Data { get; init; }

    /// <summary>What is measured, and how.</summary>
    public required string Measures { get; init; }

    /// <summary>The checksum of the network of LPIPS; null where it is not measured.</summary>
    public string? Lpips { get; init; }
}

using Reproduce.Data;
using Reproduce.Losses;

namespace Reproduce.Sensitivity;

/// <summary>Identifies a sensitivity experiment by everything that affects its result.</summary>
internal sealed record SensitivityDescription
{
    public required LossDescription Loss { get; init; }

    public required DataDescription Data { get; init; }

    /// <summary>Side in pixels of the middle part of the images, which is used.</summary>
    public required int Side { get; init; }

    public required IReadOnlyList<double> Levels { get; init; }

    public required IReadOnlyList<string> Distortions { get; init; }
}

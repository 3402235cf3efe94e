using Reproduce.Data;
using Reproduce.Losses;

namespace Reproduce.Sensitivity;

/// <summary>All that decides how a loss sees distortions.</summary>
internal sealed record SensitivityDescription
{
    public required LossDescription Loss { get; init; }

    public required DataDescription Data { get; init; }

    /// <summary>The side of the middle part of the images that is used.</summary>
    public required int Side { get; init; }

    public required IReadOnlyList<double> Levels { get; init; }

    public required IReadOnlyList<string> Distortions { get; init; }
}

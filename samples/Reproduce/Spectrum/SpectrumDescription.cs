using Reproduce.Data;
using Reproduce.Losses;

namespace Reproduce.Spectrum;

/// <summary>Identifies a measurement of a loss's spectrum by everything that affects its result.</summary>
internal sealed record SpectrumDescription
{
    public required LossDescription Loss { get; init; }

    public required DataDescription Data { get; init; }

    /// <summary>Side in pixels of the middle part of the images, which is used.</summary>
    public required int Side { get; init; }

    /// <summary>Root mean square of the sinusoids.</summary>
    public required double Strength { get; init; }

    public required IReadOnlyList<double> Frequencies { get; init; }

    public required IReadOnlyList<double> Orientations { get; init; }

    public required IReadOnlyList<string> Colors { get; init; }
}

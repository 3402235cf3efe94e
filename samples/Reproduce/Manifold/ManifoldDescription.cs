using Reproduce.Data;

namespace Reproduce.Manifold;

/// <summary>All that decides how features tell distorted images from others.</summary>
internal sealed record ManifoldDescription
{
    /// <summary>What features, of what network.</summary>
    public required string Features { get; init; }

    /// <summary>The checksum of its weights, or what it was trained by.</summary>
    public required string Network { get; init; }

    public required DataDescription Data { get; init; }

    /// <summary>The side of the middle part of the images that is used.</summary>
    public required int Side { get; init; }

    public required IReadOnlyList<string> Distortions { get; init; }

    public required long Seed { get; init; }
}

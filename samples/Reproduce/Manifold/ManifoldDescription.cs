using Reproduce.Data;

namespace Reproduce.Manifold;

/// <summary>Identifies a manifold experiment by everything that affects its result.</summary>
internal sealed record ManifoldDescription
{
    /// <summary>Name of the features and of the network.</summary>
    public required string Features { get; init; }

    /// <summary>Checksum of the network's weights, or identity of its training.</summary>
    public required string Network { get; init; }

    public required DataDescription Data { get; init; }

    /// <summary>Side in pixels of the middle part of the images, which is used.</summary>
    public required int Side { get; init; }

    public required IReadOnlyList<string> Distortions { get; init; }

    public required long Seed { get; init; }
}

namespace Reproduce.Manifold;

/// <summary>One pair of original and distorted images for each distortion.</summary>
internal sealed record ManifoldResult(IReadOnlyList<ManifoldPair> Pairs)
{
    /// <summary>How the network was trained, where that was done here; null also in results from before it was kept.</summary>
    public SrganDescription? Training { get; init; }
}

/// <summary>Originals and their distorted versions.</summary>
/// <param name="Distortion">What was done to them.</param>
/// <param name="Original">Where t-SNE puts the originals.</param>
/// <param name="Distorted">Where it puts the others.</param>
/// <param name="Neighbors">The accuracy of the votes of neighbours.</param>
/// <param name="Logistic">That of logistic regression.</param>
internal sealed record ManifoldPair(
    string Distortion, IReadOnlyList<double[]> Original, IReadOnlyList<double[]> Distorted, double Neighbors, double Logistic);

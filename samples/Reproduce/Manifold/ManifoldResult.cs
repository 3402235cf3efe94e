namespace Reproduce.Manifold;

/// <summary>The result of a manifold experiment: one pair of original and distorted images for each distortion.</summary>
internal sealed record ManifoldResult(IReadOnlyList<ManifoldPair> Pairs)
{
    /// <summary>Training of the network; null if this program did not train it, and in old results that lack this value.</summary>
    public SrganDescription? Training { get; init; }
}

/// <summary>Embedding and separability of the originals and their distorted versions.</summary>
/// <param name="Distortion">Name of the distortion.</param>
/// <param name="Original">t-SNE coordinates of the originals.</param>
/// <param name="Distorted">t-SNE coordinates of the distorted images.</param>
/// <param name="Neighbors">Accuracy of nearest-neighbour classification.</param>
/// <param name="Logistic">Accuracy of logistic regression.</param>
internal sealed record ManifoldPair(
    string Distortion, IReadOnlyList<double[]> Original, IReadOnlyList<double[]> Distorted, double Neighbors, double Logistic);

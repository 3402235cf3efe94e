using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>A frozen network, or some side by side, in one precision on one device, whose feature maps of two images are compared.</summary>
internal interface IFeatureExtractor
{
    /// <summary>The networks.</summary>
    int Networks { get; }

    /// <summary>Whether channels lie innermost in the memory of images and maps.</summary>
    bool UsesChannelsLast { get; }

    /// <summary>The maps to compare.</summary>
    /// <param name="images">(N, C, H, W), in the precision and, without a graph, in the layout of the networks.</param>
    /// <param name="keepsGraph">Whether to go by operations that autograd knows; else there must be no graph to keep.</param>
    Tensor[] Features(Tensor images, bool keepsGraph);

    /// <summary>The distance of each image's maps, (N, networks, L), with its graph.</summary>
    Tensor Distances(IReadOnlyList<Tensor> restored, IReadOnlyList<Tensor> reference);

    /// <summary>Adds a tile's share of the distances to <paramref name="terms"/>, and gives its gradient.</summary>
    /// <param name="x">The tile of the restored images.</param>
    /// <param name="references">The owned parts of the reference's maps.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="shape">The shape of the whole batch.</param>
    /// <param name="terms">(images, networks, L), float64.</param>
    /// <param name="wantsGradient">Whether to go back.</param>
    /// <returns>The gradient with respect to <paramref name="x"/>, of its shape, or null.</returns>
    Tensor? Compare(Tensor x, Tensor[] references, Tile tile, long[] shape, Tensor terms, bool wantsGradient);

    /// <summary>The same against the tile of the reference images.</summary>
    Tensor? Compare(Tensor x, Tensor reference, Tile tile, long[] shape, Tensor terms, bool wantsGradient) =>
        CompareFeatures(this, x, reference, tile, shape, terms, wantsGradient);

    /// <summary>The same by way of the reference's maps.</summary>
    static Tensor? CompareFeatures(IFeatureExtractor extractor, Tensor x, Tensor reference, Tile tile, long[] shape, Tensor terms, bool wantsGradient) =>
        extractor.Compare(x, [.. extractor.Features(reference, keepsGraph: false).Select(tile.Owned)], tile, shape, terms, wantsGradient);
}

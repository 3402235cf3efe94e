using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// One or more frozen networks that run side by side, in one precision on one device, and compare the feature maps of two images.
/// </summary>
internal interface IFeatureExtractor
{
    /// <summary>Number of networks.</summary>
    int Networks { get; }

    /// <summary>Whether images and feature maps use the channels-last memory layout.</summary>
    bool UsesChannelsLast { get; }

    /// <summary>Computes the feature maps to compare.</summary>
    /// <param name="images">(N, C, H, W), in the networks' precision and, without a graph, in the networks' memory layout.</param>
    /// <param name="keepsGraph">Whether to use operations that autograd can differentiate; if false, autograd must be off.</param>
    Tensor[] Features(Tensor images, bool keepsGraph);

    /// <summary>Returns the distances of two images' feature maps, (N, networks, L), differentiable by autograd.</summary>
    Tensor Distances(IReadOnlyList<Tensor> restored, IReadOnlyList<Tensor> reference);

    /// <summary>
    /// Compares a tile with precomputed features: adds the tile's share of the distances to <paramref name="terms"/> and returns the
    /// gradient of that share.
    /// </summary>
    /// <param name="x">The tile of the restored images.</param>
    /// <param name="references">The parts of the reference's feature maps that the tile owns.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="shape">The shape of the whole batch, (N, C, H, W).</param>
    /// <param name="terms">(images, networks, L), float64.</param>
    /// <param name="wantsGradient">Whether to compute the gradient.</param>
    /// <returns>The gradient with respect to <paramref name="x"/>, of the shape of <paramref name="x"/>; null if not wanted.</returns>
    Tensor? Compare(Tensor x, Tensor[] references, Tile tile, long[] shape, Tensor terms, bool wantsGradient);

    /// <summary>
    /// Compares a tile with the tile of the reference images: adds the tile's share of the distances to <paramref name="terms"/> and
    /// returns the gradient of that share.
    /// </summary>
    Tensor? Compare(Tensor x, Tensor reference, Tile tile, long[] shape, Tensor terms, bool wantsGradient) =>
        CompareFeatures(this, x, reference, tile, shape, terms, wantsGradient);

    /// <summary>Computes the reference tile's feature maps and compares a tile with them.</summary>
    static Tensor? CompareFeatures(
        IFeatureExtractor extractor, Tensor x, Tensor reference, Tile tile, long[] shape, Tensor terms, bool wantsGradient) =>
        extractor.Compare(x, [.. extractor.Features(reference, keepsGraph: false).Select(tile.Owned)], tile, shape, terms, wantsGradient);
}

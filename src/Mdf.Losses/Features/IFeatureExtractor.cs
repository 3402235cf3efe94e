using Mdf.Tiling;
using static TorchSharp.torch;

namespace Mdf.Losses.Features;

/// <summary>Extracts and compares feature maps of one frozen network, or of several side by side, in one precision on one device.</summary>
internal interface IFeatureExtractor
{
    /// <summary>Number of networks.</summary>
    int Networks { get; }

    /// <summary>Whether images and maps are channels-last in memory.</summary>
    bool UsesChannelsLast { get; }

    /// <summary>Returns the maps to compare.</summary>
    /// <param name="images">(N, C, H, W), in the precision and, without a graph, in the layout of the networks.</param>
    /// <param name="keepsGraph">Whether autograd must be able to go back; without it there must be no graph to keep.</param>
    Tensor[] Features(Tensor images, bool keepsGraph);

    /// <summary>Returns the distance of each image's maps, (N, networks, layers), with its graph.</summary>
    Tensor Distances(IReadOnlyList<Tensor> restored, IReadOnlyList<Tensor> reference);

    /// <summary>Adds the distances of a tile to the comparison's terms and returns their gradient.</summary>
    /// <param name="x">The tile of the restored images.</param>
    /// <param name="references">The reference's maps, as far as the tile owns them.</param>
    /// <param name="comparison">The tile, the batch, the terms, and whether a gradient is wanted.</param>
    /// <returns>The gradient with respect to <paramref name="x"/>, in its shape; null if none is wanted.</returns>
    Tensor? Compare(Tensor x, Tensor[] references, TileComparison comparison);

    /// <summary>
    /// Adds the distances of a tile from the tile of the reference images to the comparison's terms and returns their gradient.
    /// </summary>
    Tensor? Compare(Tensor x, Tensor reference, TileComparison comparison) =>
        Compare(x, [.. Features(reference, keepsGraph: false).Select(comparison.Tile.Owned)], comparison);
}

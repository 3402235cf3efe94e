using Mdf.Tiling;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Losses.Features;

/// <summary>Computes the loss together with the gradient of the restored images, tile by tile and network by network.</summary>
/// <remarks>
/// A tile's features are dropped before the next tile begins, so memory depends on the tile, not on the batch, and a tile stays in the
/// caches.
/// </remarks>
internal static class FusedEvaluation
{
    /// <summary>
    /// Returns the loss of each image, network and layer, (N, K, L), and the gradient of each image's sum in the type of the images.
    /// </summary>
    /// <param name="network">The networks.</param>
    /// <param name="restored">The restored images.</param>
    /// <param name="reference">The reference images; null if <paramref name="prepared"/> is given.</param>
    /// <param name="prepared">The features of the reference for each extractor; null if <paramref name="reference"/> is given.</param>
    /// <param name="wantsGradient">Whether to compute the gradient.</param>
    public static (Tensor Terms, Tensor? Gradient) Run(
        IFeatureNetwork network, Tensor restored, Tensor? reference, IReadOnlyList<Tensor[]>? prepared, bool wantsGradient)
    {
        using var scope = NewDisposeScope();
        using var mode = InferenceMode.Leave();
        using var noGradient = no_grad();
        ScalarType precision = network.Precision(restored);
        ScalarType sums = precision == ScalarType.BFloat16 ? ScalarType.Float32 : precision;
        IReadOnlyList<IFeatureExtractor> extractors = network.On(precision);
        long[] termShape = [restored.shape[0], extractors.Sum(e => e.Networks), network.LayerCount];
        Tensor terms = zeros(termShape, dtype: ScalarType.Float64, device: restored.device);
        Tensor? gradient = wantsGradient ? zeros(restored.shape, dtype: sums, device: restored.device) : null;

        // Index of each extractor's first network; the last entry is the total.
        int[] firsts = [.. extractors.Aggregate(new List<int> { 0 }, (all, e) => [.. all, all[^1] + e.Networks])];
        int workers = network.Workers(restored);
        OrderedWork<Part>.Run(
            [.. network.Tiles(restored, precision).SelectMany(tile => Parts(tile, extractors.Count, workers))],
            workers,
            part =>
            {
                (Tile tile, int begin, int end) = part;
                Tensor x = Seen(tile, restored, precision, extractors);
                Tensor? y = reference is null ? null : Seen(tile, reference, precision, extractors);
                long[] partShape = [tile.Images, firsts[end] - firsts[begin], terms.shape[2]];
                Tensor partTerms = zeros(partShape, dtype: terms.dtype, device: terms.device);
                Tensor? partGradient = wantsGradient ? zeros_like(x, dtype: sums) : null;
                for (int i = end - 1; i >= begin; i--)
                {
                    using var ofExtractor = NewDisposeScope();
                    Tensor extractorTerms = partTerms.narrow(1, firsts[i] - firsts[begin], extractors[i].Networks);
                    var comparison = new TileComparison(tile, restored.shape, extractorTerms, wantsGradient);
                    Tensor? back = y is null
                        ? extractors[i].Compare(x, [.. prepared![i].Select(m => Owned(tile, m, restored))], comparison)
                        : extractors[i].Compare(x, y, comparison);
                    partGradient?.Add(back!);
                }

                return [partTerms, partGradient];
            },
            (part, results) =>
            {
                (Tile tile, int begin, int end) = part;
                terms.narrow(0, tile.FirstImage, tile.Images).narrow(1, firsts[begin], firsts[end] - firsts[begin]).Add(results[0]!);
                if (gradient is not null)
                {
                    tile.Of(gradient).Add(results[1]!);
                }
            });

        Tensor result = terms.to(sums);
        return (result.MoveToOuterDisposeScope(), gradient?.to(restored.dtype).MoveToOuterDisposeScope());
    }

    /// <summary>Returns the features of images for each extractor, in its layout, outside any dispose scope.</summary>
    public static Tensor[][] Features(IFeatureNetwork network, Tensor images)
    {
        using var scope = NewDisposeScope();
        using var mode = InferenceMode.Leave();
        using var noGradient = no_grad();
        ScalarType precision = network.Precision(images);
        IReadOnlyList<IFeatureExtractor> extractors = network.On(precision);
        var features = new Tensor[extractors.Count][];
        foreach (Tile tile in network.Tiles(images, precision))
        {
            using var ofTile = NewDisposeScope();
            Tensor x = Seen(tile, images, precision, extractors);
            foreach ((int index, IFeatureExtractor extractor) in extractors.Index())
            {
                using var ofExtractor = NewDisposeScope();
                Tensor[] maps = extractor.Features(x, keepsGraph: false);
                features[index] ??= [.. maps.Select(m => Whole(m, x, images, extractor).DetachFromDisposeScope())];
                foreach ((Tensor whole, Tensor map) in features[index].Zip(maps))
                {
                    Owned(tile, whole, images).copy_(tile.Owned(map));
                }
            }
        }

        return features;
    }

    private static Tensor Owned(Tile tile, Tensor map, Tensor images) => tile.OwnedOfWhole(map, images.shape[2], images.shape[3]);

    private static Tensor Seen(Tile tile, Tensor images, ScalarType precision, IReadOnlyList<IFeatureExtractor> extractors)
    {
        Tensor part = tile.Of(images).to(precision);
        return extractors[0].UsesChannelsLast ? part.WithChannelsLast() : part;
    }

    private static Tensor Whole(Tensor map, Tensor tile, Tensor images, IFeatureExtractor extractor)
    {
        long height = images.shape[2] - (tile.shape[2] - map.shape[2]), width = images.shape[3] - (tile.shape[3] - map.shape[3]);
        return TensorLayout.Allocate([images.shape[0], map.shape[1], height, width], map.dtype, map.device, extractor.UsesChannelsLast);
    }

    // Several threads take one extractor at a time, which balances better; a single thread takes all, so that the tile is prepared once.
    // The last extractors come first in both cases: they are the widest, and threads balance better if short parts come last.
    private static IEnumerable<Part> Parts(Tile tile, int extractors, int workers) => workers > 1
        ? Enumerable.Range(0, extractors).Reverse().Select(i => new Part(tile, i, i + 1))
        : [new Part(tile, 0, extractors)];

    /// <summary>A unit of work: one tile and a range of extractors.</summary>
    /// <param name="Tile">The tile.</param>
    /// <param name="Begin">Index of the first extractor.</param>
    /// <param name="End">Index after the last extractor.</param>
    private readonly record struct Part(Tile Tile, int Begin, int End);
}

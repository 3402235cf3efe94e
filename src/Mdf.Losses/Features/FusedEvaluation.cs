using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// The loss and, along with it, the gradient of the restored images, tile by tile and network by network: the features of a
/// tile are dropped before the next is begun, so that memory depends on the tile and not on the batch, and a tile stays in the caches.
/// </summary>
internal static class FusedEvaluation
{
    /// <summary>
    /// The loss of each image, network and layer, (N, K, L), and the gradient of each image's sum of them, in the type of the images.
    /// </summary>
    /// <param name="network">The networks.</param>
    /// <param name="restored">The restored images.</param>
    /// <param name="reference">The reference images, or null if <paramref name="prepared"/> is given.</param>
    /// <param name="prepared">The features of the reference, for each network.</param>
    /// <param name="wantsGradient">Whether to compute the gradient.</param>
    public static (Tensor Terms, Tensor? Gradient) Run(
        IFeatureNetwork network, Tensor restored, Tensor? reference, IReadOnlyList<Tensor[]>? prepared, bool wantsGradient)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        ScalarType precision = network.Precision(restored);
        ScalarType sums = precision == ScalarType.BFloat16 ? ScalarType.Float32 : precision;
        IReadOnlyList<IFeatureExtractor> extractors = network.On(precision);
        Tensor terms = zeros([restored.shape[0], extractors.Sum(e => e.Networks), network.LayerCount], dtype: ScalarType.Float64, device: restored.device);
        Tensor? gradient = wantsGradient ? zeros(restored.shape, dtype: sums, device: restored.device) : null;

        // Of each extractor's networks, the first; and their end.
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
                Tensor partTerms = zeros([tile.Images, firsts[end] - firsts[begin], terms.shape[2]], dtype: terms.dtype, device: terms.device);
                Tensor? partGradient = wantsGradient ? zeros_like(x, dtype: sums) : null;
                for (int i = begin; i < end; i++)
                {
                    using var ofExtractor = NewDisposeScope();
                    Tensor ofTerms = partTerms.narrow(1, firsts[i] - firsts[begin], extractors[i].Networks);
                    Tensor? back = y is null
                        ? extractors[i].Compare(x, [.. prepared![i].Select(m => tile.OwnedOfWhole(m, restored.shape[2], restored.shape[3]))], tile, restored.shape, ofTerms, wantsGradient)
                        : extractors[i].Compare(x, y, tile, restored.shape, ofTerms, wantsGradient);
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

    /// <summary>The features of images, for each network, in the layout of the networks. They are in no dispose scope.</summary>
    public static Tensor[][] Features(IFeatureNetwork network, Tensor images)
    {
        using var scope = NewDisposeScope();
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
                    tile.OwnedOfWhole(whole, images.shape[2], images.shape[3]).copy_(tile.Owned(map));
                }
            }
        }

        return features;
    }

    private static Tensor Seen(Tile tile, Tensor images, ScalarType precision, IReadOnlyList<IFeatureExtractor> extractors)
    {
        Tensor part = tile.Of(images).to(precision);
        return extractors[0].UsesChannelsLast ? part.WithChannelsLast() : part;
    }

    private static Tensor Whole(Tensor map, Tensor tile, Tensor images, IFeatureExtractor extractor)
    {
        long height = images.shape[2] - (tile.shape[2] - map.shape[2]), width = images.shape[3] - (tile.shape[3] - map.shape[3]);
        return ChannelsLast.Empty([images.shape[0], map.shape[1], height, width], map.dtype, map.device, extractor.UsesChannelsLast);
    }

    // For several threads each extractor alone, which is more evenly shared; for one all together, for which the tile is prepared once.
    private static IEnumerable<Part> Parts(Tile tile, int extractors, int workers) =>
        workers > 1 ? Enumerable.Range(0, extractors).Select(i => new Part(tile, i, i + 1)) : [new Part(tile, 0, extractors)];

    /// <summary>What is worked on at a time.</summary>
    /// <param name="Tile">The tile.</param>
    /// <param name="Begin">The first of the extractors.</param>
    /// <param name="End">The one after the last.</param>
    private readonly record struct Part(Tile Tile, int Begin, int End);
}

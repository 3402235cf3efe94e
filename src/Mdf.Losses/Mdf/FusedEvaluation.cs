using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// The loss and, along with it, the gradient of the restored images, tile by tile and discriminator by discriminator: the features of a
/// tile are dropped before the next is begun, so that memory depends on the tile and not on the batch, and a tile stays in the caches.
/// </summary>
internal static class FusedEvaluation
{
    private const long DefaultMemoryOnCpu = 64 << 20, DefaultMemoryElsewhere = 1 << 30;

    /// <summary>
    /// The loss of each image, scale and layer, (N, K, L), and the gradient of each image's sum of them, in the type of the images.
    /// </summary>
    /// <param name="network">The discriminators.</param>
    /// <param name="restored">The restored images.</param>
    /// <param name="reference">The reference images, or null if <paramref name="prepared"/> is given.</param>
    /// <param name="prepared">The features of the reference, for each scale.</param>
    /// <param name="wantsGradient">Whether to compute the gradient.</param>
    public static (Tensor Terms, Tensor? Gradient) Run(
        FoldedPyramid network, Tensor restored, Tensor? reference, IReadOnlyList<Tensor[]>? prepared, bool wantsGradient)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        ScalarType precision = network.Precision(restored);
        ScalarType sums = precision == ScalarType.BFloat16 ? ScalarType.Float32 : precision;
        FoldedDiscriminator[] discriminators = network.On(precision);
        Tensor terms = zeros([restored.shape[0], discriminators.Length, LayerCount(network)], dtype: ScalarType.Float64, device: restored.device);
        Tensor? gradient = wantsGradient ? zeros(restored.shape, dtype: sums, device: restored.device) : null;
        foreach (Tile tile in Tiles(network, restored, precision))
        {
            using var ofTile = NewDisposeScope();
            Tensor x = discriminators[0].Layout(tile.Of(restored).to(precision));
            Tensor? y = reference is null ? null : discriminators[0].Layout(tile.Of(reference).to(precision));
            Tensor? tileGradient = gradient is null ? null : zeros_like(x, dtype: sums);
            foreach ((int scale, FoldedDiscriminator discriminator) in discriminators.Index())
            {
                using var ofScale = NewDisposeScope();
                Tensor[] ys = y is null
                    ? [.. prepared![scale].Select(m => tile.OwnedOfWhole(m, restored.shape[2], restored.shape[3]))]
                    : [.. discriminator.Features(y, network.Options.Layers).Select(tile.Owned)];
                var pass = new FusedPass(discriminator, network.Options.Layers, tile, restored.shape);
                Tensor? back = pass.Run(x, ys, terms.narrow(0, tile.FirstImage, tile.Images).select(1, scale), wantsGradient);
                tileGradient?.add_(back!);
            }

            if (gradient is not null)
            {
                tile.Of(gradient).add_(tileGradient!);
            }
        }

        Tensor result = terms.to(sums);
        return (result.MoveToOuterDisposeScope(), gradient?.to(restored.dtype).MoveToOuterDisposeScope());
    }

    /// <summary>The features of images at every scale, in the layout of the network.</summary>
    public static Tensor[][] Features(FoldedPyramid network, Tensor images)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        ScalarType precision = network.Precision(images);
        FoldedDiscriminator[] discriminators = network.On(precision);
        var features = new Tensor[discriminators.Length][];
        foreach (Tile tile in Tiles(network, images, precision))
        {
            using var ofTile = NewDisposeScope();
            Tensor x = discriminators[0].Layout(tile.Of(images).to(precision));
            foreach ((int scale, FoldedDiscriminator discriminator) in discriminators.Index())
            {
                using var ofScale = NewDisposeScope();
                Tensor[] maps = discriminator.Features(x, network.Options.Layers);
                features[scale] ??= [.. maps.Select(m => Whole(m, x, images, discriminator).DetachFromDisposeScope())];
                foreach ((Tensor whole, Tensor map) in features[scale].Zip(maps))
                {
                    tile.OwnedOfWhole(whole, images.shape[2], images.shape[3]).copy_(tile.Owned(map));
                }
            }
        }

        return features;
    }

    private static Tensor Whole(Tensor map, Tensor tile, Tensor images, FoldedDiscriminator discriminator)
    {
        long height = images.shape[2] - (tile.shape[2] - map.shape[2]), width = images.shape[3] - (tile.shape[3] - map.shape[3]);
        return discriminator.UsesChannelsLast
            ? empty([images.shape[0], height, width, map.shape[1]], dtype: map.dtype, device: map.device).permute(0, 3, 1, 2)
            : empty([images.shape[0], map.shape[1], height, width], dtype: map.dtype, device: map.device);
    }

    private static IEnumerable<Tile> Tiles(FoldedPyramid network, Tensor images, ScalarType precision)
    {
        long memory = network.Options.WorkingMemory ?? (images.device_type == DeviceType.CPU ? DefaultMemoryOnCpu : DefaultMemoryElsewhere);
        long elementSize = precision switch { ScalarType.Float64 => 8, ScalarType.BFloat16 => 2, _ => 4 };

        // At the worst moment the restored image's maps after each convolution are alive, two of the reference's, and three in the making.
        long bytesAPixel = elementSize * network.MaximumWidth * (network.MaximumBodyBlocks + 6);
        return Tile.Divide(images.shape, memory / bytesAPixel, network.MinimumSide);
    }

    private static int LayerCount(FoldedPyramid network) => System.Numerics.BitOperations.PopCount((uint)network.Options.Layers);
}

using Mdf.Tiling;
using Mdf.TorchCompatibility;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Metrics;

/// <summary>
/// Computes SSIM and MS-SSIM of large images tile by tile, with or without their gradient. Memory depends on the tile, not on the image.
/// </summary>
/// <remarks>Results equal those of the whole image up to rounding.</remarks>
internal static class TiledSimilarity
{
    /// <summary>Number of values (N * C * H * W) above which images count as large.</summary>
    public const long LargeSize = 1L << 22;

    /// <summary>Returns whether images are so large that they are processed in tiles.</summary>
    public static bool IsLarge(long[] shape) => shape.Aggregate(1L, (product, side) => product * side) > LargeSize;

    /// <summary>Computes the mean structural similarity of each image.</summary>
    /// <param name="x">Images, (N, C, H, W).</param>
    /// <param name="y">Images of the same shape, type and device.</param>
    /// <param name="convert">Converts a part of either image to the values that are compared. The number of rows and columns stays.</param>
    /// <param name="options">Window and constants.</param>
    /// <param name="wantsGradient">Whether to compute the gradient with respect to <paramref name="x"/>.</param>
    /// <returns>
    /// The similarities, (N), and the gradient of each with respect to its image, or null. Both have the type of the converted values.
    /// </returns>
    public static (Tensor Similarity, Tensor? Gradient) Single(
        Tensor x, Tensor y, Func<Tensor, Tensor> convert, StructuralSimilarityOptions options, bool wantsGradient)
    {
        using var scope = NewDisposeScope();
        Tensor? gradient = wantsGradient ? zeros_like(x, dtype: convert(x[..1, .., ..1, ..1]).dtype, requires_grad: false) : null;
        Tensor sums = Sums(x, y, convert, options, maps => maps.Similarity, factors: null, gradient);
        long channels = sums.shape[1], positions = Positions(x.shape, options);
        gradient?.Divide(channels * positions);
        return (sums.mean([1]).Over(positions).MoveToOuterDisposeScope(), gradient?.MoveToOuterDisposeScope());
    }

    /// <summary>Computes the multi-scale structural similarity of each channel.</summary>
    /// <param name="x">Images, (N, C, H, W).</param>
    /// <param name="y">Images of the same shape, type and device.</param>
    /// <param name="convert">Converts a part of either image to the values that are compared. The number of rows and columns stays.</param>
    /// <param name="options">Scales and their weights.</param>
    /// <param name="wantsGradient">Whether to compute the gradient with respect to <paramref name="x"/>.</param>
    /// <returns>
    /// The similarities, (N, channels), and the gradient of each image's mean similarity with respect to that image, or null. Both have the
    /// type of the converted values.
    /// </returns>
    public static (Tensor Similarity, Tensor? Gradient) MultiScale(
        Tensor x, Tensor y, Func<Tensor, Tensor> convert, MultiScaleStructuralSimilarityOptions options, bool wantsGradient)
    {
        using var scope = NewDisposeScope();
        List<Level> levels = [new Level(x, y, convert)];
        while (levels.Count < options.Weights.Length)
        {
            levels.Add(levels[^1].Halved(options.OddSides));
        }

        Tensor[] means = [.. levels.Select((l, i) => Sums(l.X, l.Y, l.Convert, options.Window, Factor(i), factors: null, gradient: null)
            .Over(Positions(l.X.shape, options.Window)))];
        using var grad = enable_grad(wantsGradient);
        Tensor[] leaves = [.. means.Select(m => m.detach().requires_grad_(wantsGradient))];
        Tensor similarity = MultiScaleStructuralSimilarity.Product(leaves, options.Weights);
        if (!wantsGradient)
        {
            return (similarity.MoveToOuterDisposeScope(), null);
        }

        similarity.mean([1]).sum().backward();
        Tensor? gradient = null;
        for (int i = levels.Count - 1; i >= 0; i--)
        {
            (Tensor ofLevel, Tensor other, Func<Tensor, Tensor> ofLevelConvert) = levels[i];
            Tensor back = gradient is null
                ? zeros_like(ofLevel, dtype: means[0].dtype, requires_grad: false)
                : Doubled(gradient, ofLevel.shape, options.OddSides);
            Tensor factors = leaves[i].grad!.Over(Positions(ofLevel.shape, options.Window));
            Sums(ofLevel, other, ofLevelConvert, options.Window, Factor(i), factors, back);
            gradient?.Dispose();
            gradient = back;
        }

        return (similarity.detach().MoveToOuterDisposeScope(), gradient!.MoveToOuterDisposeScope());

        Func<SimilarityMaps, Tensor> Factor(int scale) => scale == options.Weights.Length - 1
            ? maps => maps.Similarity
            : maps => maps.ContrastAndStructure;
    }

    // Returns the sum of a map for each image and channel, (N, channels). Adds the gradient of the sums, weighted by the factors, to the
    // given tensor.
    private static Tensor Sums(
        Tensor x,
        Tensor y,
        Func<Tensor, Tensor> convert,
        StructuralSimilarityOptions options,
        Func<SimilarityMaps, Tensor> map,
        Tensor? factors,
        Tensor? gradient)
    {
        Tensor? sums = null;
        foreach (Tile tile in MetricImages.Tiles(x, options.WindowSize))
        {
            using var scope = NewDisposeScope();
            using var grad = enable_grad(gradient is not null);
            Tensor seen = convert(tile.Of(x).detach());
            seen = gradient is null ? seen : seen.detach().requires_grad_(true);
            Tensor ofTile = map(SimilarityMaps.Of(seen, convert(tile.Of(y).detach()), options)).sum([2, 3]);
            if (gradient is not null)
            {
                (factors is null ? ofTile : ofTile * factors.narrow(0, tile.FirstImage, tile.Images)).sum().backward();
            }

            using var noGradient = no_grad();
            if (gradient is not null)
            {
                tile.Of(gradient).Add(seen.grad!);
            }

            sums ??= zeros([x.shape[0], ofTile.shape[1]], ofTile.dtype, ofTile.device).MoveToOuterDisposeScope();
            sums.narrow(0, tile.FirstImage, tile.Images).Add(ofTile.detach());
        }

        return sums!;
    }

    private static long Positions(long[] shape, StructuralSimilarityOptions options) =>
        (shape[2] - options.WindowSize + 1) * (shape[3] - options.WindowSize + 1);

    // Returns the gradient of the halved images' gradient with respect to the images.
    private static Tensor Doubled(Tensor gradient, long[] shape, OddSides oddSides)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor quarter = gradient.Over(4);
        long pad = MultiScaleStructuralSimilarity.Padding(shape, oddSides);
        Tensor result = zeros(shape, gradient.dtype, gradient.device);
        for (int row = 0; row < 2; row++)
        {
            for (int column = 0; column < 2; column++)
            {
                Spread(quarter, result, row - pad, column - pad);
            }
        }

        return result.MoveToOuterDisposeScope();
    }

    // Adds each value of a half-size map to every second position from the given first one. A position of -1 is the repeated row or column
    // of the padding, so its value belongs to position 0.
    private static void Spread(Tensor half, Tensor whole, long firstRow, long firstColumn)
    {
        if (firstRow < 0)
        {
            Spread(half.narrow(2, 0, 1), whole, 0, firstColumn);
            Spread(half.narrow(2, 1, half.shape[2] - 1), whole, firstRow + 2, firstColumn);
        }
        else if (firstColumn < 0)
        {
            Spread(half.narrow(3, 0, 1), whole, firstRow, 0);
            Spread(half.narrow(3, 1, half.shape[3] - 1), whole, firstRow, firstColumn + 2);
        }
        else if (half.numel() > 0)
        {
            long lastRow = firstRow + (2 * half.shape[2]) - 1, lastColumn = firstColumn + (2 * half.shape[3]) - 1;
            whole.slice(2, firstRow, lastRow, 2).slice(3, firstColumn, lastColumn, 2).Add(half);
        }
    }

    /// <summary>Both images at one scale.</summary>
    private sealed record Level(Tensor X, Tensor Y, Func<Tensor, Tensor> Convert)
    {
        public Level Halved(OddSides oddSides) => new(Half(X, oddSides), Half(Y, oddSides), halves => halves);

        private Tensor Half(Tensor images, OddSides oddSides)
        {
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            int pad = MultiScaleStructuralSimilarity.Padding(images.shape, oddSides);
            long rows = (images.shape[2] + pad) / 2, columns = (images.shape[3] + pad) / 2;
            long step = Math.Max(1, MetricImages.TileSize / (2 * images.shape[0] * images.shape[1] * images.shape[3]));
            Tensor? result = null;
            for (long row = 0; row < rows; row += step)
            {
                using var bandScope = NewDisposeScope();
                long begin = Math.Max(0, (2 * row) - pad), end = (2 * Math.Min(row + step, rows)) - pad;
                Tensor band = Convert(images.narrow(2, begin, end - begin));
                band = pad == 0 ? band : nn.functional.pad(band, [1, 0, row == 0 ? 1 : 0, 0], PaddingModes.Replicate);
                Tensor halves = nn.functional.avg_pool2d(band, 2);
                result ??= empty([halves.shape[0], halves.shape[1], rows, columns], halves.dtype, halves.device).MoveToOuterDisposeScope();
                result.narrow(2, row, halves.shape[2]).copy_(halves);
            }

            return result!.MoveToOuterDisposeScope();
        }
    }
}

using Mdf.Guards;
using static TorchSharp.torch;

namespace Mdf.Models.Restoration;

/// <summary>
/// Restores large images tile by tile, which needs the memory of one tile only. By default tiles overlap by the radius of the network's
/// receptive field, so the result equals that of the whole image up to rounding errors. Networks without a limited receptive field restore
/// images whole.
/// </summary>
public static class TiledInference
{
    private const int DefaultTileSize = 256;

    /// <summary>Restores images tile by tile. No gradient flows to the images.</summary>
    /// <param name="network">Network in evaluation mode; in training mode, batch normalisation would differ between tiles.</param>
    /// <param name="images">Images, (N, C, H, W), with the network's number of channels, of the network's type and on its device.</param>
    /// <param name="options">Size and overlap of tiles; null for the defaults.</param>
    /// <param name="progress">Receives the fraction of tiles that are done, in (0, 1]; null for none.</param>
    /// <param name="cancellationToken">Cancels the restoration between two tiles or bands of rows.</param>
    /// <returns>Restored images, (N, C, H * scale, W * scale).</returns>
    /// <exception cref="ArgumentException">
    /// The images have another shape than the network requires, or the options name a tile size without an overlap although the network's
    /// receptive field is not limited.
    /// </exception>
    /// <exception cref="InvalidOperationException">The network is in training mode.</exception>
    /// <exception cref="OperationCanceledException">The restoration was cancelled.</exception>
    public static Tensor Restore(
        RestorationNetwork network,
        Tensor images,
        TilingOptions? options = null,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ImageGuard.Shape(images, network.Channels, nameof(images));
        if (network.training)
        {
            throw new InvalidOperationException("The network is in training mode; call eval() first.");
        }

        options ??= new TilingOptions();
        if (options.TileSize is null && Streamed(network, images, progress, cancellationToken) is { } streamed)
        {
            return streamed;
        }

        int scale = network.Scale;
        Span[] rows = Cover(images.shape[2], network, options);
        Span[] columns = Cover(images.shape[3], network, options);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor result = empty(
            [images.shape[0], images.shape[1], images.shape[2] * scale, images.shape[3] * scale], images.dtype, images.device);
        int done = 0;
        foreach (Span row in rows)
        {
            foreach (Span column in columns)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var tileScope = NewDisposeScope();
                Tensor restored = network.call(column.Seen(row.Seen(images, dimension: 2), dimension: 3));
                Tensor kept = column.Kept(row.Kept(restored, 2, scale), 3, scale);
                column.Place(row.Place(result, 2, scale), 3, scale).copy_(kept);
                progress?.Report(++done / (double)(rows.Length * columns.Length));
            }
        }

        return result.MoveToOuterDisposeScope();
    }

    private static Span[] Cover(long side, RestorationNetwork network, TilingOptions options)
    {
        if ((options.Overlap ?? network.ReceptiveRadius) is { } overlap)
        {
            return Span.Cover(side, options.TileSize ?? DefaultTileSize, overlap, network.SideMultiple, network.MinimumSide);
        }

        return options.TileSize is null
            ? [new Span(0, side, 0, side)]
            : throw new ArgumentException(
                $"options has tiles of {options.TileSize} pixels, but {network.GetName()} has no limited receptive field, so that tiles "
                + $"differ from the whole image; expected no {nameof(options.TileSize)}, or an {nameof(options.Overlap)} too.",
                nameof(options));
    }

    private static Tensor? Streamed(
        RestorationNetwork network, Tensor images, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        using var noGradient = no_grad();
        return network.TryStream(images, progress, cancellationToken);
    }

    /// <summary>Range of a tile along one axis in pixels of the input, without and with the overlap.</summary>
    private readonly record struct Span(long Begin, long Length, long SeenBegin, long SeenLength)
    {
        /// <param name="side">Number of rows or columns of the image.</param>
        /// <param name="tileSize">Side of a tile without the overlap.</param>
        /// <param name="overlap">Pixels around a tile that are seen with it.</param>
        /// <param name="multiple">Tiles begin at multiples of this number, as the network's strides require.</param>
        /// <param name="least">Number of pixels that a tile sees at least, if the image has them.</param>
        public static Span[] Cover(long side, long tileSize, long overlap, long multiple, long least)
        {
            long step = Above(tileSize, multiple), margin = Above(overlap, multiple);
            return
            [
                .. Enumerable.Range(0, (int)((side + step - 1) / step)).Select(i =>
                {
                    long begin = i * step, end = Math.Min(begin + step, side);
                    long seenEnd = Math.Min(Math.Max(end + margin, Above(least, multiple)), side);
                    long seenBegin = Math.Max(Math.Min(begin - margin, (seenEnd - least) / multiple * multiple), 0);
                    return new Span(begin, end - begin, seenBegin, seenEnd - seenBegin);
                }),
            ];
        }

        private static long Above(long value, long multiple) => (value + multiple - 1) / multiple * multiple;

        public Tensor Seen(Tensor images, int dimension) => images.narrow(dimension, SeenBegin, SeenLength);

        public Tensor Kept(Tensor restored, int dimension, int scale)
            => restored.narrow(dimension, (Begin - SeenBegin) * scale, Length * scale);

        public Tensor Place(Tensor result, int dimension, int scale) => result.narrow(dimension, Begin * scale, Length * scale);
    }
}

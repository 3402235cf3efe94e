using Mdf.Guards;
using static TorchSharp.torch;

namespace Mdf.Models.Restoration;

/// <summary>
/// Restores large images tile by tile, which needs the memory of one tile only. By default tiles overlap by the radius of the network's
/// receptive field, so the result equals that of the whole image up to rounding errors.
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
    /// <exception cref="ArgumentException">The images have another shape than the network requires.</exception>
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

        int side = options.TileSize ?? DefaultTileSize;
        int overlap = options.Overlap ?? network.ReceptiveRadius, scale = network.Scale;
        Span[] rows = Span.Cover(images.shape[2], side, overlap);
        Span[] columns = Span.Cover(images.shape[3], side, overlap);
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

    private static Tensor? Streamed(
        RestorationNetwork network, Tensor images, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        using var noGradient = no_grad();
        return network.TryStream(images, progress, cancellationToken);
    }

    /// <summary>Range of a tile along one axis in pixels of the input, without and with the overlap.</summary>
    private readonly record struct Span(long Begin, long Length, long SeenBegin, long SeenLength)
    {
        public static Span[] Cover(long side, long tileSize, long overlap) =>
        [
            .. Enumerable.Range(0, (int)((side + tileSize - 1) / tileSize)).Select(i =>
            {
                long begin = i * tileSize, end = Math.Min(begin + tileSize, side);
                long seenBegin = Math.Max(begin - overlap, 0);
                return new Span(begin, end - begin, seenBegin, Math.Min(end + overlap, side) - seenBegin);
            }),
        ];

        public Tensor Seen(Tensor images, int dimension) => images.narrow(dimension, SeenBegin, SeenLength);

        public Tensor Kept(Tensor restored, int dimension, int scale)
            => restored.narrow(dimension, (Begin - SeenBegin) * scale, Length * scale);

        public Tensor Place(Tensor result, int dimension, int scale) => result.narrow(dimension, Begin * scale, Length * scale);
    }
}

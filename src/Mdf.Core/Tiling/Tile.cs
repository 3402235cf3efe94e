using static TorchSharp.torch;

namespace Mdf.Tiling;

/// <summary>
/// A part of a batch that is processed at once: some whole images, or a window of one large image. Windows overlap by the receptive field
/// minus 1, so every position of every feature map lies in at least one window. A position in several windows is owned by the first
/// of them, so it counts once.
/// </summary>
/// <param name="FirstImage">Index of the first image.</param>
/// <param name="Images">Number of images.</param>
/// <param name="Rows">Rows of the window.</param>
/// <param name="Columns">Columns of the window.</param>
internal readonly record struct Tile(long FirstImage, long Images, TileRange Rows, TileRange Columns)
{
    /// <summary>Returns this tile's view of a batch of images.</summary>
    public Tensor Of(Tensor images) => images
        .narrow(0, FirstImage, Images)
        .narrow(2, Rows.Start, Rows.Length)
        .narrow(3, Columns.Start, Columns.Length);

    /// <summary>Returns the part that the tile owns of a feature map computed from the tile.</summary>
    public Tensor Owned(Tensor map) => map.narrow(2, 0, Rows.OwnedOf(map.shape[2])).narrow(3, 0, Columns.OwnedOf(map.shape[3]));

    /// <summary>Returns the part that the tile owns of a feature map computed from the whole batch.</summary>
    public Tensor OwnedOfWhole(Tensor map, long imageHeight, long imageWidth) => map.narrow(0, FirstImage, Images)
        .narrow(2, Rows.Start, Rows.OwnedOf(Rows.Length - (imageHeight - map.shape[2])))
        .narrow(3, Columns.Start, Columns.OwnedOf(Columns.Length - (imageWidth - map.shape[3])));

    /// <summary>Returns whether the tile owns every position of a feature map computed from the tile.</summary>
    public bool OwnsAll(Tensor map) => Rows.OwnedOf(map.shape[2]) == map.shape[2] && Columns.OwnedOf(map.shape[3]) == map.shape[3];

    /// <summary>Divides a batch into tiles of whole images.</summary>
    /// <param name="shape">Shape of the batch, (N, C, H, W).</param>
    /// <param name="images">Maximum number of images per tile; values below 1 count as 1.</param>
    public static IEnumerable<Tile> DivideImages(long[] shape, long images)
    {
        long step = EvenShare(shape[0], Math.Max(images, 1));
        for (long first = 0; first < shape[0]; first += step)
        {
            yield return new Tile(first, Math.Min(step, shape[0] - first), new TileRange(0, shape[2], 0), new TileRange(0, shape[3], 0));
        }
    }

    /// <summary>Divides a batch into tiles of whole images or, for large images, of windows.</summary>
    /// <param name="shape">Shape of the batch, (N, C, H, W).</param>
    /// <param name="pixels">Approximate maximum number of pixels per tile.</param>
    /// <param name="receptiveField">The largest receptive field of the networks or windows, in pixels.</param>
    public static IEnumerable<Tile> Divide(long[] shape, long pixels, int receptiveField)
    {
        (long count, long height, long width) = (shape[0], shape[2], shape[3]);
        long images = EvenShare(count, Math.Clamp(pixels / (height * width), 1, count));

        // Windows are as square as the image allows, with sides of at least four receptive fields, because the overlap costs time.
        long side = Math.Max((long)Math.Sqrt(pixels), 4L * receptiveField);
        long columns = Math.Min(width, Math.Max(side, pixels / Math.Min(height, side)));
        long rows = Math.Min(height, Math.Max(side, pixels / columns));
        for (long first = 0; first < count; first += images)
        {
            foreach (TileRange down in TileRange.Divide(height, rows, receptiveField))
            {
                foreach (TileRange across in TileRange.Divide(width, columns, receptiveField))
                {
                    yield return new Tile(first, Math.Min(images, count - first), down, across);
                }
            }
        }
    }

    // The images per tile that divide count images evenly among the smallest possible number of tiles.
    private static long EvenShare(long count, long most)
    {
        long tiles = (count + most - 1) / most;
        return (count + tiles - 1) / tiles;
    }
}

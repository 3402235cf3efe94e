using static TorchSharp.torch;

namespace Mdf.Models.Tiling;

/// <summary>
/// A part of a batch that is worked on at once: some images, or a window of one large image. Windows overlap by the receptive field, so
/// that each position of each feature map lies in one; where it lies in two, the first owns it, so that it counts once.
/// </summary>
/// <param name="FirstImage">The first image.</param>
/// <param name="Images">The number of images.</param>
/// <param name="Rows">The rows of the window.</param>
/// <param name="Columns">The columns of the window.</param>
internal readonly record struct Tile(long FirstImage, long Images, TileRange Rows, TileRange Columns)
{
    /// <summary>The tile of a batch of images.</summary>
    public Tensor Of(Tensor images) => images.narrow(0, FirstImage, Images).narrow(2, Rows.Start, Rows.Length).narrow(3, Columns.Start, Columns.Length);

    /// <summary>The part of a feature map of the tile that the tile owns.</summary>
    public Tensor Owned(Tensor map) => map.narrow(2, 0, Rows.OwnedOf(map.shape[2])).narrow(3, 0, Columns.OwnedOf(map.shape[3]));

    /// <summary>The same part, of the feature map of the whole batch.</summary>
    public Tensor OwnedOfWhole(Tensor map, long imageHeight, long imageWidth) => map.narrow(0, FirstImage, Images)
        .narrow(2, Rows.Start, Rows.OwnedOf(Rows.Length - (imageHeight - map.shape[2])))
        .narrow(3, Columns.Start, Columns.OwnedOf(Columns.Length - (imageWidth - map.shape[3])));

    /// <summary>Whether the tile owns every position of a feature map of its own.</summary>
    public bool OwnsAll(Tensor map) => Rows.OwnedOf(map.shape[2]) == map.shape[2] && Columns.OwnedOf(map.shape[3]) == map.shape[3];

    /// <summary>Divides a batch into tiles of whole images.</summary>
    /// <param name="shape">The batch's, (N, C, H, W).</param>
    /// <param name="images">The images a tile may have; at least one is taken.</param>
    public static IEnumerable<Tile> DivideImages(long[] shape, long images)
    {
        long step = EvenShare(shape[0], Math.Max(images, 1));
        for (long first = 0; first < shape[0]; first += step)
        {
            yield return new Tile(first, Math.Min(step, shape[0] - first), new TileRange(0, shape[2], 0), new TileRange(0, shape[3], 0));
        }
    }

    /// <summary>Divides a batch into tiles.</summary>
    /// <param name="shape">The batch's, (N, C, H, W).</param>
    /// <param name="pixels">The pixels a tile may have.</param>
    /// <param name="receptiveField">The largest of the discriminators'.</param>
    public static IEnumerable<Tile> Divide(long[] shape, long pixels, int receptiveField)
    {
        (long count, long height, long width) = (shape[0], shape[2], shape[3]);
        long images = EvenShare(count, Math.Clamp(pixels / (height * width), 1, count));

        // Windows as square as the image lets them be, and no smaller than where most of one would be overlap.
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

    // As many tiles as there must be, of about as many images.
    private static long EvenShare(long count, long most)
    {
        long tiles = (count + most - 1) / most;
        return (count + tiles - 1) / tiles;
    }
}

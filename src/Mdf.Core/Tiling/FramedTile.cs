using static TorchSharp.torch;

namespace Mdf.Tiling;

/// <summary>
/// A part of a batch of images from which some positions of a map are computed, with what they see beyond the part: pixels of the images,
/// or zeros around them. Each position belongs to exactly one tile.
/// </summary>
/// <param name="FirstImage">Index of the first image.</param>
/// <param name="Images">Number of images.</param>
/// <param name="Rows">Rows of the part.</param>
/// <param name="Columns">Columns of the part.</param>
/// <param name="Frame">The way from images to maps.</param>
internal readonly record struct FramedTile(long FirstImage, long Images, FramedRange Rows, FramedRange Columns, Frame Frame)
{
    /// <summary>Returns the tile that holds a whole batch.</summary>
    public static FramedTile Whole(long[] shape, Frame frame) => Divide(shape, long.MaxValue, frame).Single();

    /// <summary>Divides a batch into tiles.</summary>
    /// <param name="shape">Shape of the batch, (N, C, H, W).</param>
    /// <param name="pixels">Approximate maximum number of the images' pixels per tile.</param>
    /// <param name="frame">The way from images to maps.</param>
    public static IEnumerable<FramedTile> Divide(long[] shape, long pixels, Frame frame)
    {
        (long count, long height, long width) = (shape[0], frame.Reduced(shape[2]), frame.Reduced(shape[3]));
        long positions = Math.Max(1, pixels / (frame.Factor * frame.Factor));
        long images = Math.Clamp(positions / (height * width), 1, count);
        long side = Math.Max((long)Math.Sqrt(positions), 1);
        long columns = Math.Min(width, Math.Max(side, positions / Math.Min(height, side)));
        long rows = Math.Min(height, Math.Max(1, positions / columns));
        for (long first = 0; first < count; first += images)
        {
            foreach (FramedRange down in FramedRange.Divide(shape[2], rows, frame))
            {
                foreach (FramedRange across in FramedRange.Divide(shape[3], columns, frame))
                {
                    yield return new FramedTile(first, Math.Min(images, count - first), down, across, frame);
                }
            }
        }
    }

    /// <summary>Returns this tile's view of a batch of images.</summary>
    public Tensor Of(Tensor images) => images
        .narrow(0, FirstImage, Images)
        .narrow(2, Rows.Start, Rows.Length)
        .narrow(3, Columns.Start, Columns.Length);

    /// <summary>Returns this tile's view of a map of the whole batch.</summary>
    public Tensor OfMap(Tensor map) => map
        .narrow(0, FirstImage, Images)
        .narrow(2, Rows.First, Rows.Positions)
        .narrow(3, Columns.First, Columns.Positions);

    /// <summary>Reduces the tile's part of the images and puts the zeros around, so that all positions see as much as they need.</summary>
    /// <param name="part">The part, (N, C, H, W), or values computed from its pixels.</param>
    /// <returns>(N, C, h + before + after, w + before + after) for h x w positions, in the caller's dispose scope.</returns>
    public Tensor Reduced(Tensor part)
    {
        long oddRow = Rows.Length % Frame.Factor, oddColumn = Columns.Length % Frame.Factor;
        Tensor even = oddRow + oddColumn == 0 ? part : nn.functional.pad(part, [0, oddColumn, 0, oddRow]);
        Tensor reduced = Frame.Factor == 1 ? even : nn.functional.avg_pool2d(even, Frame.Factor);
        return nn.functional.pad(reduced, [Columns.ZerosBefore, Columns.ZerosAfter, Rows.ZerosBefore, Rows.ZerosAfter]);
    }
}

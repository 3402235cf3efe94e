using Mdf.Guards;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Imaging;

/// <summary>
/// Builds and collapses the Laplacian pyramid of Burt and Adelson (1983). Each level holds the detail that one halving of the image loses;
/// the last level is the remaining small image. The filter kernel is (1, 4, 6, 4, 1) / 16. Beyond the borders images are mirrored, with
/// their edge pixels repeated.
/// </summary>
/// <remarks>Building and collapsing are both differentiable. float16 and bfloat16 images are filtered in float32.</remarks>
public static class LaplacianPyramid
{
    /// <summary>
    /// Returns the largest number of levels for an image size: the number of halvings until the shorter side is one pixel, plus one.
    /// </summary>
    /// <param name="height">Image height in pixels, at least 1.</param>
    /// <param name="width">Image width in pixels, at least 1.</param>
    /// <returns>Number of levels, at least 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The height or width is below 1.</exception>
    public static int LargestLevelCount(int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        int levels = 1;
        for (int side = Math.Min(height, width); side > 1; side = Half(side))
        {
            levels++;
        }

        return levels;
    }

    /// <summary>Decomposes images into the levels of a pyramid.</summary>
    /// <param name="images">Images, (N, C, H, W), of any floating-point type, on any device.</param>
    /// <param name="levels">Number of levels, 1 to <see cref="LargestLevelCount"/>; with 1 the only level is the images.</param>
    /// <returns>
    /// The levels, finest first. Each level has half the height and width of the level before it, rounded up. The last level is the small
    /// image; the others are differences around 0. The caller disposes the levels.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The images are empty, have another shape or type, or are too small for the number of levels.
    /// </exception>
    public static IReadOnlyList<Tensor> Build(Tensor images, int levels)
    {
        ImageGuard.Batch(images, nameof(images));
        int largest = LargestLevelCount((int)images.shape[2], (int)images.shape[3]);
        if (levels < 1 || levels > largest)
        {
            throw new ArgumentOutOfRangeException(
                nameof(levels),
                $"Expected 1 to {largest} levels for images of {images.shape[2]} x {images.shape[3]} pixels, got {levels}.");
        }

        using var scope = NewDisposeScope();
        var pyramid = new List<Tensor>(levels);
        Tensor current = images.alias();
        while (pyramid.Count < levels - 1)
        {
            Tensor half = Reduce(current);
            pyramid.Add(current - Expand(half, current));
            current = half;
        }

        pyramid.Add(current);
        return [.. pyramid.Select(level => level.MoveToOuterDisposeScope())];
    }

    /// <summary>
    /// Reconstructs images from the levels of a pyramid. Collapsing the result of <see cref="Build"/> restores the images up to rounding
    /// errors.
    /// </summary>
    /// <param name="pyramid">Levels, finest first, of the sizes that <see cref="Build"/> returns, of one type on one device.</param>
    /// <returns>Images, (N, C, H, W), of the first level's size.</returns>
    /// <exception cref="ArgumentException">The list is empty, or a level does not have half the size of the level before it.</exception>
    public static Tensor Collapse(IReadOnlyList<Tensor> pyramid)
    {
        ArgumentNullException.ThrowIfNull(pyramid);
        if (pyramid.Count == 0)
        {
            throw new ArgumentException("Expected at least one level, got none.", nameof(pyramid));
        }

        for (int i = 0; i < pyramid.Count; i++)
        {
            ImageGuard.Batch(pyramid[i], $"{nameof(pyramid)}[{i}]");
        }

        for (int i = 1; i < pyramid.Count; i++)
        {
            long[] finer = pyramid[i - 1].shape;
            long[] expected = [finer[0], finer[1], Half((int)finer[2]), Half((int)finer[3])];
            if (!pyramid[i].shape.SequenceEqual(expected))
            {
                throw new ArgumentException(
                    $"Level {i} has shape {ShapeText.Of(pyramid[i])}; expected {ShapeText.Of(expected)}, "
                    + "half the size of the level before it.",
                    nameof(pyramid));
            }
        }

        using var scope = NewDisposeScope();
        Tensor current = pyramid[^1].alias();
        foreach (Tensor level in pyramid.Reverse().Skip(1))
        {
            current = Expand(current, level).Plus(level);
        }

        return current.MoveToOuterDisposeScope();
    }

    private static int Half(int length) => (length + 1) / 2;

    private static Tensor Reduce(Tensor images)
    {
        static AxisFilter Filter(long length) => new((int)length, Half((int)length), Start: 0, Step: 2, Support: 2, Binomial);
        return SeparableFilter.Apply(images, Filter(images.shape[2]), Filter(images.shape[3]));
    }

    private static Tensor Expand(Tensor images, Tensor like)
    {
        // Upsampling inserts zeros between pixels, so an output sample sees every other coefficient of the kernel.
        static AxisFilter Filter(long from, long to) => new((int)from, (int)to, Start: 0, Step: 0.5, Support: 1, x => Binomial(2 * x));
        return SeparableFilter.Apply(images, Filter(images.shape[2], like.shape[2]), Filter(images.shape[3], like.shape[3]));
    }

    private static double Binomial(double x) => Math.Abs(x) switch { 0 => 6, 1 => 4, 2 => 1, _ => 0 };
}

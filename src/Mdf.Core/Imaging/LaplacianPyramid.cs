using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Imaging;

/// <summary>
/// The Laplacian pyramid of Burt and Adelson (1983): what each halving of an image loses, and the small image that remains. Their kernel
/// (1, 4, 6, 4, 1) / 16 makes the levels; beyond the borders images are mirrored with their edge pixels repeated.
/// </summary>
/// <remarks>Gradients flow both ways. float16 and bfloat16 images are filtered in float32.</remarks>
public static class LaplacianPyramid
{
    /// <summary>The most levels an image of a size has: as many as halve its shorter side down to one pixel, and one more.</summary>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <returns>At least 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1.</exception>
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

    /// <summary>Takes images apart.</summary>
    /// <param name="images">(N, C, H, W) of any floating-point type, on any device.</param>
    /// <param name="levels">1 to <see cref="LargestLevelCount"/>; 1 gives the images alone.</param>
    /// <returns>
    /// The levels, finest first; each has half the rows and columns of the one before it, rounded up. The last is the small image, the
    /// others are differences about 0. The caller disposes them.
    /// </returns>
    /// <exception cref="ArgumentException">The images are not as described, or have not so many levels.</exception>
    public static IReadOnlyList<Tensor> Build(Tensor images, int levels)
    {
        ImageBatch.Require(images, nameof(images));
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

    /// <summary>Puts images together again; of levels as <see cref="Build"/> gave them, the same images but for rounding.</summary>
    /// <param name="pyramid">The levels, finest first, of the sizes that <see cref="Build"/> gives them, of one type on one device.</param>
    /// <returns>(N, C, H, W), of the size of the first level.</returns>
    /// <exception cref="ArgumentException">There is no level, or the sizes do not fit each other.</exception>
    public static Tensor Collapse(IReadOnlyList<Tensor> pyramid)
    {
        ArgumentNullException.ThrowIfNull(pyramid);
        if (pyramid.Count == 0)
        {
            throw new ArgumentException("At least one level is needed, got none.", nameof(pyramid));
        }

        for (int i = 0; i < pyramid.Count; i++)
        {
            ImageBatch.Require(pyramid[i], $"{nameof(pyramid)}[{i}]");
        }

        for (int i = 1; i < pyramid.Count; i++)
        {
            long[] finer = pyramid[i - 1].shape;
            long[] expected = [finer[0], finer[1], Half((int)finer[2]), Half((int)finer[3])];
            if (!pyramid[i].shape.SequenceEqual(expected))
            {
                throw new ArgumentException(
                    $"Level {i} has shape ({string.Join(", ", pyramid[i].shape)}); expected ({string.Join(", ", expected)}), "
                    + "half of the level before it.",
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
        // Every other sample of the kernel meets a pixel, the rest the zeros between pixels.
        static AxisFilter Filter(long from, long to) => new((int)from, (int)to, Start: 0, Step: 0.5, Support: 1, x => Binomial(2 * x));
        return SeparableFilter.Apply(images, Filter(images.shape[2], like.shape[2]), Filter(images.shape[3], like.shape[3]));
    }

    private static double Binomial(double x) => Math.Abs(x) switch { 0 => 6, 1 => 4, 2 => 1, _ => 0 };
}

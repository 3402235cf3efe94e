using Mdf.Degradations;
using Mdf.Imaging;
using static TorchSharp.torch;

namespace Mdf.Data;

/// <summary>
/// Pairs of degraded and reference images for training and evaluating restoration networks. The images of a source are degraded again at
/// each call, or come with their degraded versions. Pairs that are unreadable or do not fit are skipped and listed in <see
/// cref="Skipped"/>.
/// </summary>
/// <remarks>
/// For super-resolution the degradation shrinks images by the scale (<see cref="BicubicDownsampling"/>). Patches are aligned to the grid of
/// the small image and are degraded together with some of their surroundings, so a degraded patch equals the same part of the degraded
/// whole image.
/// </remarks>
public sealed class ImagePairs
{
    private const int GrayChannels = 1;
    private const int ColorChannels = 3;

    // Draws of a place in an image before a patch of little contrast is taken after all.
    private const int MostDraws = 10;

    private readonly PairSource source;
    private readonly int scale;
    private readonly int channels;
    private readonly UsableImages usable;

    /// <summary>Combines an image source and a degradation.</summary>
    /// <param name="images">Source of the reference images.</param>
    /// <param name="degradation">Degradation to apply to the reference images.</param>
    /// <param name="scale">Factor by which the degradation shrinks both sides of an image; 1 if it keeps the size.</param>
    /// <param name="channels">
    /// Number of channels, at least 1: 3 for RGB (default), 1 for grey. RGB images become grey, and grey ones RGB, where needed; images of
    /// other numbers of channels are skipped.
    /// </param>
    /// <exception cref="ArgumentException">The source has no images.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The scale or the number of channels is below 1.</exception>
    public ImagePairs(IImageSource images, Degradation degradation, int scale = 1, int channels = ColorChannels)
        : this(PairSource.Of(images, degradation), scale, channels)
    {
    }

    /// <summary>Takes pairs of images that are degraded already.</summary>
    /// <param name="pairs">Source of the pairs.</param>
    /// <param name="scale">Factor by which the degraded images are smaller each way; 1 for equal sizes. Other pairs are skipped.</param>
    /// <param name="channels">
    /// Number of channels, at least 1: 3 for RGB (default), 1 for grey. RGB images become grey, and grey ones RGB, where needed; images of
    /// other numbers of channels are skipped.
    /// </param>
    /// <exception cref="ArgumentException">The source has no pairs.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The scale or the number of channels is below 1.</exception>
    public ImagePairs(IImagePairSource pairs, int scale = 1, int channels = ColorChannels)
        : this(PairSource.Of(pairs), scale, channels)
    {
    }

    private ImagePairs(PairSource source, int scale, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        this.source = source;
        this.scale = scale;
        this.channels = channels;
        usable = new UsableImages(source, scale, channels);
    }

    /// <summary>Number of images, including those that are skipped.</summary>
    public int Count => source.Count;

    /// <summary>
    /// Smallest standard deviation of a patch's reference values, 0 to 0.5. Flatter patches are drawn again at another place of the image,
    /// ten times at most. Default: 0, which takes every patch.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of its range.</exception>
    public double MinimumContrast
    {
        get;
        init => field = value is >= 0 and <= 0.5
            ? value
            : throw new ArgumentOutOfRangeException(nameof(MinimumContrast), $"Expected 0 to 0.5, got {value}.");
    }

    /// <summary>Text that identifies the images.</summary>
    internal string Description => source.Description;

    /// <summary>The source's unreadable entries and the images that have been skipped so far, with the reasons.</summary>
    public IReadOnlyList<SkippedImage> Skipped => usable.Skipped;

    /// <summary>Draws patches from random images, at random positions and in random orientations.</summary>
    /// <param name="count">Number of patches, at least 1.</param>
    /// <param name="size">Side of the reference patches in pixels, a multiple of the scale.</param>
    /// <param name="random">Random number generator for all random choices.</param>
    /// <returns>The pairs, on the CPU. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The size is not a multiple of the scale.</exception>
    /// <exception cref="IOException">None of the images can be used.</exception>
    /// <exception cref="InvalidOperationException">The degradation returned images of another size than the scale requires.</exception>
    public PairedBatch Patches(int count, int size, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return Patches(count, size, _ => random, leastSide: size);
    }

    /// <summary>Draws patches from images of at least a certain size.</summary>
    /// <param name="count">Number of patches, at least 1.</param>
    /// <param name="size">Side of the reference patches in pixels, a multiple of the scale.</param>
    /// <param name="randomOf">Returns the random number generator for all random choices of the patch with an index, from 0.</param>
    /// <param name="leastSide">Smallest height and width an image must have, in pixels; at least the size.</param>
    internal PairedBatch Patches(int count, int size, Func<int, Random> randomOf, int leastSide)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        if (size % scale != 0)
        {
            throw new ArgumentException($"Expected a patch size that is a multiple of the scale, {scale}; got {size}.", nameof(size));
        }

        using var scope = NewDisposeScope();
        var pairs = new (Tensor Degraded, Tensor Reference)[count];
        for (int i = 0; i < count; i++)
        {
            pairs[i] = Patch(size, randomOf(i), leastSide);
        }

        Tensor degraded = cat([.. pairs.Select(p => p.Degraded)], 0);
        Tensor reference = cat([.. pairs.Select(p => p.Reference)], 0);
        return new PairedBatch(degraded.MoveToOuterDisposeScope(), reference.MoveToOuterDisposeScope());
    }

    /// <summary>
    /// Returns a whole image and its degraded version. Rows and columns that are not a multiple of the scale are cut off at the bottom and
    /// right.
    /// </summary>
    /// <param name="index">Index of the image, from 0 to <see cref="Count"/> - 1.</param>
    /// <param name="random">Random number generator for all random choices.</param>
    /// <param name="leastSide">Smallest height and width an image must have, in pixels. Default: 1.</param>
    /// <returns>
    /// The pair, on the CPU, which the caller disposes; null if the image is unreadable or too small (see <see cref="Skipped"/>).
    /// </returns>
    /// <exception cref="InvalidOperationException">The degradation returned an image of another size than the scale requires.</exception>
    public PairedBatch? Whole(int index, Random random, int leastSide = 1)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (usable.Read(index, Math.Max(leastSide, scale)) is not var (image, partner))
        {
            return null;
        }

        using var scope = NewDisposeScope();
        Tensor reference = Pixels(image, 0, 0, image.Width / scale * scale, image.Height / scale * scale);
        Tensor degraded = partner is null ? Degraded(reference, random) : Pixels(partner, 0, 0, partner.Width, partner.Height);
        return new PairedBatch(degraded.MoveToOuterDisposeScope(), reference.MoveToOuterDisposeScope());
    }

    /// <summary>Returns the name of an image.</summary>
    internal string NameOf(int index) => source.NameOf(index);

    /// <inheritdoc cref="UsableImages.ReadAll"/>
    internal void ReadAll(int leastSide, int first, int stride, CancellationToken cancellation) =>
        usable.ReadAll(leastSide, first, stride, cancellation);

    private (Tensor Degraded, Tensor Reference) Patch(int size, Random random, int leastSide)
    {
        using var scope = NewDisposeScope();
        (StoredImage image, StoredImage? partner) = usable.Draw(leastSide, random);
        PatchSide across, down;
        int draws = 0;
        do
        {
            (across, down) = (PatchSide.Draw(image.Width, size, scale, random), PatchSide.Draw(image.Height, size, scale, random));
        }
        while (MinimumContrast > 0 && ++draws < MostDraws && Contrast(image, across, down, size) < MinimumContrast);

        int orientation = random.Next(ImageOrientation.Count);
        Tensor window = Turned(image, across, down, orientation);
        int top = (orientation & 1) != 0 ? down.After : down.Before;
        int left = (orientation & 2) != 0 ? across.After : across.Before;
        if (ImageOrientation.Exchanges(orientation))
        {
            (top, left) = (left, top);
        }

        Tensor degraded = partner is null
            ? Degraded(window, random)
            : Turned(partner, across.ReducedBy(scale), down.ReducedBy(scale), orientation);
        degraded = degraded.narrow(2, top / scale, size / scale).narrow(3, left / scale, size / scale);
        return (degraded.MoveToOuterDisposeScope(), window.narrow(2, top, size).narrow(3, left, size).MoveToOuterDisposeScope());
    }

    private Tensor Turned(StoredImage image, PatchSide across, PatchSide down, int orientation)
    {
        Tensor upright = Pixels(image, across.Begin, down.Begin, across.Length, down.Length);
        return ImageOrientation.Turn(upright, orientation).contiguous();
    }

    private double Contrast(StoredImage image, PatchSide across, PatchSide down, int size)
    {
        using var scope = NewDisposeScope();
        return Pixels(image, across.Begin + across.Before, down.Begin + down.Before, size, size).std().item<float>();
    }

    private Tensor Pixels(StoredImage image, int left, int top, int width, int height)
    {
        Tensor pixels = image.Crop(left, top, width, height);
        return image.Channels == channels ? pixels
            : channels == GrayChannels ? ColorSpace.RgbToGray(pixels)
            : pixels.expand(1, ColorChannels, height, width).contiguous();
    }

    private Tensor Degraded(Tensor reference, Random random)
    {
        Tensor degraded = source.Degradation!.Apply(reference, random);
        return degraded.shape[2] * scale == reference.shape[2] && degraded.shape[3] * scale == reference.shape[3]
            ? degraded
            : throw new InvalidOperationException(
                $"'{source.Degradation.Description}' changed the size from {reference.shape[3]} x {reference.shape[2]} to "
                + $"{degraded.shape[3]} x {degraded.shape[2]} pixels; "
                + (scale == 1 ? "expected a degradation that keeps the size." : $"expected sides {scale} times smaller."));
    }
}

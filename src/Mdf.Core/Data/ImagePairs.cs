using Mdf.Degradations;
using Mdf.Imaging;
using static TorchSharp.torch;

namespace Mdf.Data;

/// <summary>
/// Pairs of degraded and reference images for training and evaluating restoration networks. The images of a source are degraded again at
/// each call. Images that are unreadable or too small are skipped and listed in <see cref="Skipped"/>.
/// </summary>
/// <remarks>
/// For super-resolution the degradation shrinks images by the scale (<see cref="BicubicDownsampling"/>). Patches are aligned to the grid of
/// the small image and are degraded together with some of their surroundings, so a degraded patch equals the same part of the degraded
/// whole image.
/// </remarks>
public sealed class ImagePairs
{
    // Margin around a patch in pixels of the degraded image: twice the support of the bicubic kernel.
    private const int Surroundings = 4;
    private const int GrayChannels = 1;
    private const int ColorChannels = 3;

    private readonly IImageSource images;
    private readonly Degradation degradation;
    private readonly int scale;
    private readonly int channels;
    private readonly Lock gate = new();
    private readonly OrderedDictionary<int, SkippedImage> skipped = [];

    /// <summary>Combines an image source and a degradation.</summary>
    /// <param name="images">Source of the reference images.</param>
    /// <param name="degradation">Degradation to apply to the reference images.</param>
    /// <param name="scale">Factor by which the degradation shrinks both sides of an image; 1 if it keeps the size.</param>
    /// <param name="channels">Number of channels: 3 for RGB (default), 1 for grey.</param>
    /// <exception cref="ArgumentException">The source has no images.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The scale is below 1, or the number of channels is neither 1 nor 3.</exception>
    public ImagePairs(IImageSource images, Degradation degradation, int scale = 1, int channels = ColorChannels)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(degradation);
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        if (channels is not (GrayChannels or ColorChannels))
        {
            throw new ArgumentOutOfRangeException(nameof(channels), $"Expected 3 channels (RGB) or 1 (grey), got {channels}.");
        }

        this.images = images.Count > 0 ? images : throw new ArgumentException("Expected at least one image, got none.", nameof(images));
        this.degradation = degradation;
        this.scale = scale;
        this.channels = channels;
    }

    /// <summary>Number of images, including those that are skipped.</summary>
    public int Count => images.Count;

    /// <summary>The source's unreadable entries and the images that have been skipped so far, with the reasons.</summary>
    public IReadOnlyList<SkippedImage> Skipped
    {
        get
        {
            lock (gate)
            {
                return [.. images.Unreadable, .. skipped.Values];
            }
        }
    }

    /// <summary>Draws patches from random images, at random positions and in random orientations.</summary>
    /// <param name="count">Number of patches, at least 1.</param>
    /// <param name="size">Side of the reference patches in pixels, a multiple of the scale.</param>
    /// <param name="random">Random number generator for all random choices.</param>
    /// <returns>The pairs, on the CPU. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The size is not a multiple of the scale.</exception>
    /// <exception cref="IOException">None of the images can be used.</exception>
    /// <exception cref="InvalidOperationException">The degradation returned images of another size than the scale requires.</exception>
    public PairedBatch Patches(int count, int size, Random random) => Patches(count, size, random, leastSide: size);

    /// <summary>Draws patches from images of at least a certain size.</summary>
    /// <param name="count">Number of patches, at least 1.</param>
    /// <param name="size">Side of the reference patches in pixels, a multiple of the scale.</param>
    /// <param name="random">Random number generator for all random choices.</param>
    /// <param name="leastSide">Smallest height and width an image must have, in pixels; at least the size.</param>
    internal PairedBatch Patches(int count, int size, Random random, int leastSide)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentNullException.ThrowIfNull(random);
        if (size % scale != 0)
        {
            throw new ArgumentException($"Expected a patch size that is a multiple of the scale, {scale}; got {size}.", nameof(size));
        }

        using var scope = NewDisposeScope();
        var pairs = new (Tensor Degraded, Tensor Reference)[count];
        for (int i = 0; i < count; i++)
        {
            pairs[i] = Patch(size, random, leastSide);
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
        if (Usable(index, Math.Max(leastSide, scale)) is not { } image)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        Tensor reference = Pixels(image, 0, 0, image.Width / scale * scale, image.Height / scale * scale);
        Tensor degraded = Degraded(reference, random);
        return new PairedBatch(degraded.MoveToOuterDisposeScope(), reference.MoveToOuterDisposeScope());
    }

    /// <summary>Reads every image once, so that <see cref="Skipped"/> lists all that cannot be used.</summary>
    /// <param name="leastSide">Smallest height and width an image must have, in pixels.</param>
    /// <param name="cancellation">Ends the reading between two images.</param>
    /// <exception cref="IOException">None of the images can be used.</exception>
    internal void ReadAll(int leastSide, CancellationToken cancellation)
    {
        for (int i = 0; i < images.Count && !cancellation.IsCancellationRequested; i++)
        {
            Usable(i, leastSide);
        }

        RequireOne();
    }

    private void RequireOne()
    {
        lock (gate)
        {
            if (skipped.Count == images.Count)
            {
                SkippedImage first = skipped.GetAt(0).Value;
                throw new IOException(
                    $"None of the {images.Count} images can be used; the first of them: {first.Name}: {first.Reason}");
            }
        }
    }

    private (Tensor Degraded, Tensor Reference) Patch(int size, Random random, int leastSide)
    {
        using var scope = NewDisposeScope();
        ByteImage image = Draw(leastSide, random);
        Side across = Side.Draw(image.Width, size, scale, random), down = Side.Draw(image.Height, size, scale, random);
        int orientation = random.Next(ImageOrientation.Count);
        Tensor upright = Pixels(image, across.Begin, down.Begin, across.Length, down.Length);
        Tensor window = ImageOrientation.Turn(upright, orientation).contiguous();
        int top = (orientation & 1) != 0 ? down.After : down.Before;
        int left = (orientation & 2) != 0 ? across.After : across.Before;
        if (ImageOrientation.Exchanges(orientation))
        {
            (top, left) = (left, top);
        }

        Tensor degraded = Degraded(window, random).narrow(2, top / scale, size / scale).narrow(3, left / scale, size / scale);
        return (degraded.MoveToOuterDisposeScope(), window.narrow(2, top, size).narrow(3, left, size).MoveToOuterDisposeScope());
    }

    // Unusable images are redrawn. Which images are unusable is not random, so the same seed still gives the same patches.
    private ByteImage Draw(int leastSide, Random random)
    {
        while (true)
        {
            RequireOne();
            if (Usable(random.Next(images.Count), leastSide) is { } image)
            {
                return image;
            }
        }
    }

    private ByteImage? Usable(int index, int leastSide)
    {
        lock (gate)
        {
            if (skipped.ContainsKey(index))
            {
                return null;
            }
        }

        string reason;
        try
        {
            ByteImage image = images.Read(index);
            if (Math.Min(image.Width, image.Height) >= leastSide)
            {
                return image;
            }

            reason = $"it is {image.Width} x {image.Height} pixels; at least {leastSide} each way are needed.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            reason = e is ImageFileException bad ? bad.Reason : e.Message;
        }

        lock (gate)
        {
            skipped.TryAdd(index, new SkippedImage(images.NameOf(index), reason));
        }

        return null;
    }

    private Tensor Pixels(ByteImage image, int left, int top, int width, int height)
    {
        Tensor pixels = image.Crop(left, top, width, height);
        return channels == ColorChannels ? pixels : ColorSpace.RgbToGray(pixels);
    }

    private Tensor Degraded(Tensor reference, Random random)
    {
        Tensor degraded = degradation.Apply(reference, random);
        return degraded.shape[2] * scale == reference.shape[2] && degraded.shape[3] * scale == reference.shape[3]
            ? degraded
            : throw new InvalidOperationException(
                $"'{degradation.Description}' changed the size from {reference.shape[3]} x {reference.shape[2]} to "
                + $"{degraded.shape[3]} x {degraded.shape[2]} pixels; "
                + (scale == 1 ? "expected a degradation that keeps the size." : $"expected sides {scale} times smaller."));
    }

    /// <summary>
    /// Rows or columns of an image that are read for a patch: their range, and the number of them before and after the patch.
    /// </summary>
    private readonly record struct Side(int Begin, int Length, int Before, int After)
    {
        public static Side Draw(int side, int size, int scale, Random random)
        {
            int margin = scale == 1 ? 0 : Surroundings * scale, places = side / scale;
            int start = random.Next(places - (size / scale) + 1) * scale;
            int begin = Math.Max(start - margin, 0), end = Math.Min(start + size + margin, places * scale);
            return new Side(begin, end - begin, start - begin, end - start - size);
        }
    }
}

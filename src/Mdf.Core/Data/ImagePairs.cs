using Mdf.Degradations;
using Mdf.Imaging;
using static TorchSharp.torch;

namespace Mdf.Data;

/// <summary>
/// Pairs for training and evaluating restoration networks: images of a source, and what a degradation makes of them, anew each time. Images
/// that cannot be read or are too small are left out and listed (<see cref="Skipped"/>).
/// </summary>
/// <remarks>
/// For super-resolution the degradation makes images smaller by the scale (<see cref="BicubicDownsampling"/>), and patches lie on its grid,
/// with some of the image around them while they are degraded: a patch is a part of the degraded image, as if all of it were degraded.
/// </remarks>
public sealed class ImagePairs
{
    // What the kernel of bicubic downsampling sees beyond a patch, twice, in pixels of the degraded image.
    private const int Surroundings = 4;
    private const int GrayChannels = 1;
    private const int ColorChannels = 3;

    private readonly IImageSource images;
    private readonly Degradation degradation;
    private readonly int scale;
    private readonly int channels;
    private readonly Lock gate = new();
    private readonly OrderedDictionary<int, SkippedImage> skipped = [];

    /// <summary>Takes images and a degradation.</summary>
    /// <param name="images">The reference images.</param>
    /// <param name="degradation">What spoils them.</param>
    /// <param name="scale">How many times smaller it makes them each way; 1 for none.</param>
    /// <param name="channels">3 for RGB, 1 for grey.</param>
    /// <exception cref="ArgumentException">There is no image.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The scale is below 1, or the channels are neither 1 nor 3.</exception>
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

    /// <summary>The number of images.</summary>
    public int Count => images.Count;

    /// <summary>The images that were left out so far.</summary>
    public IReadOnlyList<SkippedImage> Skipped
    {
        get
        {
            lock (gate)
            {
                return [.. skipped.Values];
            }
        }
    }

    /// <summary>Draws patches of random images, at random places, in random orientations.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="size">The side of the reference patches, a multiple of the scale.</param>
    /// <param name="random">The source of all chance.</param>
    /// <returns>The pairs, on the CPU; the caller disposes them.</returns>
    /// <exception cref="ArgumentException">The size is no multiple of the scale.</exception>
    /// <exception cref="IOException">No image can be used.</exception>
    /// <exception cref="InvalidOperationException">The degradation gave images of another size than the scale says.</exception>
    public PairedBatch Patches(int count, int size, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentNullException.ThrowIfNull(random);
        if (size % scale != 0)
        {
            throw new ArgumentException($"Expected a patch size that is a multiple of {scale}, the scale; got {size}.", nameof(size));
        }

        using var scope = NewDisposeScope();
        var pairs = new (Tensor Degraded, Tensor Reference)[count];
        for (int i = 0; i < count; i++)
        {
            pairs[i] = Patch(size, random);
        }

        Tensor degraded = cat([.. pairs.Select(p => p.Degraded)], 0), reference = cat([.. pairs.Select(p => p.Reference)], 0);
        return new PairedBatch(degraded.MoveToOuterDisposeScope(), reference.MoveToOuterDisposeScope());
    }

    /// <summary>A whole image; rows and columns that the scale leaves over are cut off below and at the right.</summary>
    /// <param name="index">0 up to, not including, <see cref="Count"/>.</param>
    /// <param name="random">The source of all chance.</param>
    /// <param name="leastSide">The least side it must have.</param>
    /// <returns>The pair, on the CPU, which the caller disposes; null if the image is bad or too small (see <see cref="Skipped"/>).</returns>
    /// <exception cref="InvalidOperationException">The degradation gave an image of another size than the scale says.</exception>
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

    private (Tensor Degraded, Tensor Reference) Patch(int size, Random random)
    {
        using var scope = NewDisposeScope();
        ByteImage image = Draw(size, random);
        Side across = Side.Draw(image.Width, size, scale, random), down = Side.Draw(image.Height, size, scale, random);
        int orientation = random.Next(ImageOrientation.Count);
        Tensor window = ImageOrientation.Turn(Pixels(image, across.Begin, down.Begin, across.Length, down.Length), orientation).contiguous();
        (int top, int left) = ((orientation & 1) != 0 ? down.After : down.Before, (orientation & 2) != 0 ? across.After : across.Before);
        if (ImageOrientation.Exchanges(orientation))
        {
            (top, left) = (left, top);
        }

        Tensor degraded = Degraded(window, random).narrow(2, top / scale, size / scale).narrow(3, left / scale, size / scale);
        return (degraded.MoveToOuterDisposeScope(), window.narrow(2, top, size).narrow(3, left, size).MoveToOuterDisposeScope());
    }

    // Bad images are drawn again: which those are is no matter of chance, and so the same numbers give the same patches.
    private ByteImage Draw(int leastSide, Random random)
    {
        while (true)
        {
            lock (gate)
            {
                if (skipped.Count == images.Count)
                {
                    SkippedImage first = skipped.GetAt(0).Value;
                    throw new IOException($"None of the {images.Count} images can be used; the first of them: {first.Name}: {first.Reason}");
                }
            }

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
                $"'{degradation.Description}' made {reference.shape[3]} x {reference.shape[2]} pixels {degraded.shape[3]} x {degraded.shape[2]}; "
                + (scale == 1 ? "expected a degradation that keeps the size." : $"expected sides {scale} times smaller."));
    }

    /// <summary>Rows or columns of an image that are read, and how many of them lie before and after a patch.</summary>
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

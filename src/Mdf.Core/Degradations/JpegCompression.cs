using Mdf.Imaging;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>
/// JPEG compression and decompression, as by libjpeg-turbo and Pillow (baseline, standard tables). Images have three channels (RGB) or
/// one (grey); they are clamped to [0, 1] and rounded to 8 bits first, and the result has 8-bit values too.
/// </summary>
public sealed class JpegCompression : Degradation
{
    /// <summary>Compression of one quality.</summary>
    /// <param name="quality">1 to 100.</param>
    /// <exception cref="ArgumentOutOfRangeException">The quality is out of range.</exception>
    public JpegCompression(int quality)
        : this(quality, quality)
    {
    }

    /// <summary>Compression of a quality drawn for each image.</summary>
    /// <param name="lowestQuality">1 to 100.</param>
    /// <param name="highestQuality"><paramref name="lowestQuality"/> to 100.</param>
    /// <exception cref="ArgumentOutOfRangeException">A quality is out of range.</exception>
    public JpegCompression(int lowestQuality, int highestQuality)
    {
        if (lowestQuality is < 1 or > 100)
        {
            throw new ArgumentOutOfRangeException(nameof(lowestQuality), $"Expected a JPEG quality of 1 to 100, got {lowestQuality}.");
        }

        if (highestQuality < lowestQuality || highestQuality > 100)
        {
            throw new ArgumentOutOfRangeException(
                nameof(highestQuality), $"Expected a JPEG quality of {lowestQuality} (the lowest) to 100, got {highestQuality}.");
        }

        LowestQuality = lowestQuality;
        HighestQuality = highestQuality;
    }

    /// <summary>The lowest quality that is drawn.</summary>
    public int LowestQuality { get; }

    /// <summary>The highest quality that is drawn.</summary>
    public int HighestQuality { get; }

    /// <summary>How finely colour is sampled. Default: <see cref="JpegChromaSubsampling.Samples420"/>.</summary>
    public JpegChromaSubsampling Subsampling { get; init; } = JpegChromaSubsampling.Samples420;

    /// <summary>
    /// Whether the grid of blocks starts at a random place, drawn for each image, as it does in a crop of a larger picture, and not at
    /// the first pixel: the image is mirrored over its top and left border, coded and cropped. Default: false.
    /// </summary>
    public bool RandomGridPhase { get; init; }

    /// <inheritdoc/>
    public override string Description => $"JPEG, quality {Settings.Range(LowestQuality, HighestQuality)}, "
        + (Subsampling == JpegChromaSubsampling.Samples420 ? "4:2:0" : "4:4:4")
        + (RandomGridPhase ? ", random grid phase" : "");

    /// <inheritdoc/>
    protected override Tensor Degrade(Tensor images, Random random)
        => images.shape[1] is 1 or 3
            ? EachImage(images, image => Compress(image, random))
            : throw new ArgumentException($"JPEG takes images of 3 channels (RGB) or 1 (grey), got {images.shape[1]}.", nameof(images));

    private Tensor Compress(Tensor image, Random random)
    {
        long channels = image.shape[1], height = image.shape[2], width = image.shape[3];
        int quality = random.Next(LowestQuality, HighestQuality + 1);

        // What the coder works on together: a block, or four of them where they share a block of colour.
        int unit = channels == 3 && Subsampling == JpegChromaSubsampling.Samples420 ? 16 : 8;
        (int top, int left) = RandomGridPhase ? (random.Next(unit), random.Next(unit)) : (0, 0);
        Tensor padded = MirrorBefore(MirrorBefore(image, dimension: 2, top), dimension: 3, left);
        Tensor decoded = ImageFile.Decode(ImageFile.EncodeJpeg(padded, quality, Subsampling));
        return decoded.narrow(1, 0, channels).narrow(2, top, height).narrow(3, left, width).to(image.dtype).to(image.device);
    }

    private static Tensor MirrorBefore(Tensor image, int dimension, int count)
    {
        if (count == 0)
        {
            return image;
        }

        int length = (int)image.shape[dimension];
        long[] places = [.. Enumerable.Range(-count, count + length).Select(i => (long)AxisFilter.Mirrored(i, length))];
        return image.index_select(dimension, tensor(places, device: image.device));
    }
}

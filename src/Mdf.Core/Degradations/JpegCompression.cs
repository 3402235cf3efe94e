using Mdf.Imaging;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>
/// Compresses images with JPEG and decompresses them, like libjpeg-turbo and Pillow (baseline, standard quantisation tables). Images must
/// have three channels (RGB) or one (grey). Values are clamped to [0, 1] and rounded to 8 bits first; the result has 8-bit values too.
/// </summary>
public sealed class JpegCompression : Degradation
{
    /// <summary>Creates compression of a fixed quality.</summary>
    /// <param name="quality">JPEG quality, 1 to 100.</param>
    /// <exception cref="ArgumentOutOfRangeException">The quality is out of range.</exception>
    public JpegCompression(int quality)
        : this(quality, quality)
    {
    }

    /// <summary>Creates compression whose quality is drawn uniformly for each image.</summary>
    /// <param name="lowestQuality">Lowest JPEG quality, 1 to 100.</param>
    /// <param name="highestQuality">Highest JPEG quality, <paramref name="lowestQuality"/> to 100.</param>
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

    /// <summary>Lowest JPEG quality.</summary>
    public int LowestQuality { get; }

    /// <summary>Highest JPEG quality.</summary>
    public int HighestQuality { get; }

    /// <summary>Resolution of the colour channels. Default: <see cref="JpegChromaSubsampling.Samples420"/>.</summary>
    public JpegChromaSubsampling Subsampling { get; init; } = JpegChromaSubsampling.Samples420;

    /// <summary>
    /// Starts the block grid at a random offset, drawn for each image, as if the image were a crop of a larger picture; otherwise the grid
    /// starts at the first pixel. For the offset the image is mirrored at its top and left border, compressed and cropped. Default: false.
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
            : throw new ArgumentException($"JPEG requires images of 3 channels (RGB) or 1 (grey), got {images.shape[1]}.", nameof(images));

    private Tensor Compress(Tensor image, Random random)
    {
        long channels = image.shape[1], height = image.shape[2], width = image.shape[3];
        int quality = random.Next(LowestQuality, HighestQuality + 1);

        // Period of the coding grid: one 8 x 8 block, or 16 x 16 pixels where four brightness blocks share one colour block.
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

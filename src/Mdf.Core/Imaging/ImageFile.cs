using Mdf.IO;
using SkiaSharp;
using static TorchSharp.torch;

namespace Mdf.Imaging;

/// <summary>Reads image files into tensors and writes tensors to image files.</summary>
/// <remarks>
/// <para>
/// Reads PNG, JPEG, BMP and WebP, told apart by their content and not by the file's name; of an animation, the first frame. Grey is
/// replicated to RGB, alpha is composited over <see cref="ImageReadOptions.Background"/>, CMYK is converted to RGB without a
/// profile, and the EXIF orientation of JPEG and WebP is applied.
/// </para>
/// <para>
/// Values are the stored ones: embedded colour profiles and gamma values are not applied, as in Pillow and OpenCV. PNG of 16 bits a
/// channel keeps all 16 bits (each value divided by 65535); everything else has 8 bits (divided by 255).
/// </para>
/// </remarks>
public static class ImageFile
{
    /// <summary>Reads an image file.</summary>
    /// <param name="path">A PNG, JPEG, BMP or WebP file.</param>
    /// <param name="options">Background, orientation and size limit; null means the defaults.</param>
    /// <returns>A float32 tensor (1, 3, H, W) on the CPU, RGB, values in [0, 1]. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The path is null or empty.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read, or the path is a folder.</exception>
    /// <exception cref="ImageFileException">
    /// The file is not such an image, or is empty, damaged, truncated or larger than allowed.
    /// </exception>
    public static Tensor Read(string path, ImageReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Decode(File.ReadAllBytes(path), options, path);
    }

    /// <summary>Reads an image from the bytes of its file.</summary>
    /// <param name="encoded">The content of a PNG, JPEG, BMP or WebP file.</param>
    /// <param name="options">Background, orientation and size limit; null means the defaults.</param>
    /// <param name="name">What to call the image in error messages, a path for instance.</param>
    /// <returns>A float32 tensor (1, 3, H, W) on the CPU, RGB, values in [0, 1]. The caller disposes it.</returns>
    /// <exception cref="ImageFileException">
    /// The bytes are not such an image, or are empty, damaged, truncated or larger than allowed.
    /// </exception>
    public static Tensor Decode(ReadOnlySpan<byte> encoded, ImageReadOptions? options = null, string? name = null)
        => ImageDecoder.Decode(encoded, options ?? new ImageReadOptions(), name);

    /// <summary>
    /// Writes an image file of 8 bits a channel: PNG for the extension .png, JPEG (4:2:0) for .jpg and .jpeg. The file appears whole
    /// or not at all, and replaces an existing one.
    /// </summary>
    /// <param name="path">The file to write, in an existing folder.</param>
    /// <param name="image">
    /// One image (C, H, W) or (1, C, H, W), C being 3 (RGB) or 1 (grey, written as a grey file), of any floating-point type, on any
    /// device. Values are clamped to [0, 1] and rounded to the nearest of 256 levels.
    /// </param>
    /// <param name="jpegQuality">Quality of a JPEG file, 1 to 100; without effect on a PNG file.</param>
    /// <exception cref="ArgumentNullException"><paramref name="image"/> is null.</exception>
    /// <exception cref="ArgumentException">
    /// The path is null or empty, its extension is none of the three, the quality is out of range, or the tensor is no such image or
    /// holds NaN.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written; its folder does not exist, for instance.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be written, or the path is a folder.</exception>
    public static void Write(string path, Tensor image, int jpegQuality = 95)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        RequireQuality(jpegQuality, nameof(jpegQuality));
        var encoded = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".PNG" => EncodePng(image),
            ".JPG" or ".JPEG" => EncodeJpeg(image, jpegQuality),
            var other => throw new ArgumentException(
                $"Cannot write an image with the extension '{other}'; expected .png, .jpg or .jpeg.", nameof(path)),
        };

        AtomicFile.Write(path, stream => stream.Write(encoded));
    }

    /// <summary>Encodes an image as PNG, 8 bits a channel.</summary>
    /// <param name="image">As in <see cref="Write"/>.</param>
    /// <returns>The content of the file.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="image"/> is null.</exception>
    /// <exception cref="ArgumentException">The tensor is no such image or holds NaN.</exception>
    public static byte[] EncodePng(Tensor image)
        => Encode(image, (pixels, stream) => pixels.Encode(stream, SKPngEncoderOptions.Default));

    /// <summary>Encodes an image as baseline JPEG with the standard tables, as libjpeg-turbo and Pillow do.</summary>
    /// <param name="image">As in <see cref="Write"/>, at most 65535 pixels wide and high.</param>
    /// <param name="quality">1 to 100.</param>
    /// <param name="subsampling">How finely colour is sampled; without effect on a one-channel image.</param>
    /// <returns>The content of the file.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="image"/> is null.</exception>
    /// <exception cref="ArgumentException">
    /// The tensor is no such image, holds NaN or is too large for JPEG, or the quality or the subsampling is out of range.
    /// </exception>
    public static byte[] EncodeJpeg(Tensor image, int quality, JpegChromaSubsampling subsampling = JpegChromaSubsampling.Samples420)
    {
        const int largestSide = 65535;
        RequireQuality(quality, nameof(quality));
        var downsampling = subsampling switch
        {
            JpegChromaSubsampling.Samples420 => SKJpegEncoderDownsample.Downsample420,
            JpegChromaSubsampling.Samples444 => SKJpegEncoderDownsample.Downsample444,
            _ => throw new ArgumentException(
                $"Unknown subsampling {(int)subsampling}; expected one of {string.Join(", ", Enum.GetNames<JpegChromaSubsampling>())}.",
                nameof(subsampling)),
        };
        ArgumentNullException.ThrowIfNull(image);
        if (image.shape is [.., > largestSide, _] or [.., > largestSide])
        {
            throw new ArgumentException(
                $"JPEG holds at most {largestSide} pixels a side, got ({string.Join(", ", image.shape)}).", nameof(image));
        }

        var options = new SKJpegEncoderOptions(quality, downsampling, SKJpegEncoderAlphaOption.Ignore);
        return Encode(image, (pixels, stream) => pixels.Encode(stream, options));
    }

    private static void RequireQuality(int quality, string parameterName)
    {
        if (quality is < 1 or > 100)
        {
            throw new ArgumentOutOfRangeException(parameterName, $"Expected a JPEG quality of 1 to 100, got {quality}.");
        }
    }

    private static byte[] Encode(Tensor image, Func<SKPixmap, Stream, bool> encode)
    {
        using var scope = NewDisposeScope();
        var planes = ImageTensor.RequireImage(image);
        var isGray = planes.shape[0] == 1;
        var info = new SKImageInfo(
            checked((int)planes.shape[2]),
            checked((int)planes.shape[1]),
            isGray ? SKColorType.Gray8 : SKColorType.Rgba8888,
            SKAlphaType.Opaque);
        using var bitmap = new SKBitmap(info, info.RowBytes);
        ImageTensor.CopyPixelsTo(planes, bitmap.GetPixelSpan(), isGray ? PixelLayout.Gray8 : PixelLayout.Rgba32);
        using var pixels = bitmap.PeekPixels();
        using var stream = new MemoryStream();
        return encode(pixels, stream)
            ? stream.ToArray()
            : throw new InvalidOperationException($"The encoder refused an image of {info.Width} x {info.Height} pixels.");
    }
}

using Mdf.Guards;
using Mdf.IO;
using SkiaSharp;
using static TorchSharp.torch;

namespace Mdf.Imaging;

/// <summary>Reads image files (PNG, JPEG, BMP, WebP) into tensors and writes tensors to image files (PNG, JPEG).</summary>
/// <remarks>
/// <para>
/// The format of a file is detected by its content, not by its name. Only the first frame of an animation is read. Grey is replicated to
/// RGB, alpha is composited over <see cref="ImageReadOptions.Background"/>, CMYK is converted to RGB without a profile, and the EXIF
/// orientation of JPEG and WebP files is applied.
/// </para>
/// <para>
/// Pixels keep their stored values: embedded colour profiles and gamma values are not applied, as in Pillow and OpenCV. PNG files with 16
/// bits a channel keep all 16 bits (each value is divided by 65535); all other files have 8 bits (each value is divided by 255).
/// </para>
/// </remarks>
public static class ImageFile
{
    /// <summary>Reads an image file.</summary>
    /// <param name="path">Path of a PNG, JPEG, BMP or WebP file.</param>
    /// <param name="options">Background, orientation and size limit; null for the defaults.</param>
    /// <returns>A float32 tensor (1, 3, H, W) on the CPU, RGB, values in [0, 1]. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The path is null or empty.</exception>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="DirectoryNotFoundException">The file's folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The process has no permission to read the file, or the path is a folder.</exception>
    /// <exception cref="ImageFileException">
    /// The file is not a PNG, JPEG, BMP or WebP image, or it is empty, damaged, truncated or larger than
    /// <see cref="ImageReadOptions.MaximumPixels"/>.
    /// </exception>
    public static Tensor Read(string path, ImageReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Decode(File.ReadAllBytes(path), options, path);
    }

    /// <summary>Decodes an image from the content of its file.</summary>
    /// <param name="encoded">Content of a PNG, JPEG, BMP or WebP file.</param>
    /// <param name="options">Background, orientation and size limit; null for the defaults.</param>
    /// <param name="name">Name of the image in error messages, such as its path; null for none.</param>
    /// <returns>A float32 tensor (1, 3, H, W) on the CPU, RGB, values in [0, 1]. The caller disposes it.</returns>
    /// <exception cref="ImageFileException">
    /// The bytes are not a PNG, JPEG, BMP or WebP image, or they are empty, damaged, truncated or larger than
    /// <see cref="ImageReadOptions.MaximumPixels"/>.
    /// </exception>
    public static Tensor Decode(ReadOnlySpan<byte> encoded, ImageReadOptions? options = null, string? name = null)
        => ImageDecoder.Decode(encoded, options ?? new ImageReadOptions(), name);

    /// <summary>
    /// Writes an image file with 8 bits a channel: PNG for the extension .png, JPEG (4:2:0) for .jpg and .jpeg. The file is replaced
    /// atomically and never contains an incomplete image.
    /// </summary>
    /// <param name="path">Path of the file, in an existing folder.</param>
    /// <param name="image">
    /// One image, (C, H, W) or (1, C, H, W), where C is 3 (RGB) or 1 (grey, written as a grey file), of any floating-point type, on any
    /// device. Values are clamped to [0, 1] and rounded to the nearest of 256 levels.
    /// </param>
    /// <param name="jpegQuality">Quality of a JPEG file, 1 to 100. Ignored for PNG. Default: 95.</param>
    /// <exception cref="ArgumentNullException"><paramref name="image"/> is null.</exception>
    /// <exception cref="ArgumentException">
    /// The path is null or empty, its extension is not .png, .jpg or .jpeg, the quality is out of range, or the tensor is not one image or
    /// holds NaN.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written, for instance because its folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The process has no permission to write the file, or the path is a folder.</exception>
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

    /// <summary>Encodes an image as PNG with 8 bits a channel.</summary>
    /// <param name="image">
    /// One image, (C, H, W) or (1, C, H, W), where C is 3 (RGB) or 1 (grey). Values are clamped to [0, 1] and rounded to the nearest of 256
    /// levels.
    /// </param>
    /// <returns>The content of the file.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="image"/> is null.</exception>
    /// <exception cref="ArgumentException">The tensor is not one image, or holds NaN.</exception>
    public static byte[] EncodePng(Tensor image)
        => Encode(image, (pixels, stream) => pixels.Encode(stream, SKPngEncoderOptions.Default));

    /// <summary>Encodes an image as baseline JPEG with the standard quantisation tables, as libjpeg-turbo and Pillow do.</summary>
    /// <param name="image">
    /// One image, (C, H, W) or (1, C, H, W), where C is 3 (RGB) or 1 (grey), at most 65535 pixels wide and high. Values are clamped to [0,
    /// 1] and rounded to the nearest of 256 levels.
    /// </param>
    /// <param name="quality">JPEG quality, 1 to 100.</param>
    /// <param name="subsampling">Resolution of the colour channels. Ignored for grey images. Default: 4:2:0.</param>
    /// <returns>The content of the file.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="image"/> is null.</exception>
    /// <exception cref="ArgumentException">
    /// The tensor is not one image, holds NaN or is too large for JPEG, or the quality or the subsampling is out of range.
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
                $"JPEG holds at most {largestSide} pixels a side, got {ShapeText.Of(image)}.", nameof(image));
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

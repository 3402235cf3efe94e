using System.Buffers.Binary;
using SkiaSharp;
using static TorchSharp.torch;

namespace Mdf.Imaging;

internal static class ImageDecoder
{
    public static Tensor Decode(ReadOnlySpan<byte> encoded, ImageReadOptions options, string? name)
    {
        PngHeader? png = Check(encoded, options, name);
        using var data = SKData.CreateCopy(encoded);
        using SKCodec codec = Open(data, encoded, options, name);
        using var scope = NewDisposeScope();
        var image = png is { BitDepth: 16 } deep
            ? DecodePng16(encoded, deep, options, name)
            : DecodePixels(codec, options, name);
        var upright = options.ApplyOrientation ? Orient(image, codec.EncodedOrigin) : image;
        return upright.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Decodes an opaque, upright image with 8 bits a channel to red, green and blue bytes, without tensors; returns null for others.
    /// </summary>
    public static (byte[] Pixels, int Width, int Height)? TryDecodeBytes(
        ReadOnlySpan<byte> encoded, ImageReadOptions options, string? name)
    {
        if (Check(encoded, options, name) is { BitDepth: 16 })
        {
            return null;
        }

        using var data = SKData.CreateCopy(encoded);
        using SKCodec codec = Open(data, encoded, options, name);
        if (codec.Info.AlphaType != SKAlphaType.Opaque || (options.ApplyOrientation && codec.EncodedOrigin != SKEncodedOrigin.TopLeft))
        {
            return null;
        }

        using SKBitmap bitmap = DecodeBitmap(codec, name);
        ReadOnlySpan<byte> from = bitmap.GetPixelSpan();
        var pixels = new byte[checked(bitmap.Width * bitmap.Height * 3)];
        for (int i = 0, j = 0; j < pixels.Length; i += 4, j += 3)
        {
            from.Slice(i, 3).CopyTo(pixels.AsSpan(j));
        }

        return (pixels, bitmap.Width, bitmap.Height);
    }

    private static PngHeader? Check(ReadOnlySpan<byte> encoded, ImageReadOptions options, string? name)
    {
        if (encoded.IsEmpty)
        {
            throw new ImageFileException("the file is empty (0 bytes).", name);
        }

        var png = PngHeader.TryRead(encoded);
        if (png is { } claimed)
        {
            CheckSize(claimed.Width, claimed.Height, options, name);
        }

        CheckWebPLength(encoded, name);
        return png;
    }

    private static SKCodec Open(SKData data, ReadOnlySpan<byte> encoded, ImageReadOptions options, string? name)
    {
        SKCodec codec = SKCodec.Create(data)
            ?? throw new ImageFileException(
                IsKnown(encoded)
                    ? "its header is damaged, or the file is truncated."
                    : "it is not a PNG, JPEG, BMP or WebP file.",
                name);
        try
        {
            if (!IsRead(codec.EncodedFormat))
            {
                throw new ImageFileException($"it is a {codec.EncodedFormat} file; only PNG, JPEG, BMP and WebP are read.", name);
            }

            CheckSize(codec.Info.Width, codec.Info.Height, options, name);
            return codec;
        }
        catch
        {
            codec.Dispose();
            throw;
        }
    }

    private static Tensor DecodePixels(SKCodec codec, ImageReadOptions options, string? name)
    {
        using SKBitmap bitmap = DecodeBitmap(codec, name);
        return ImageTensor.FromPixels(
            bitmap.GetPixelSpan(), bitmap.Width, bitmap.Height, PixelLayout.Rgba32, bitmap.RowBytes, options.Background);
    }

    private static SKBitmap DecodeBitmap(SKCodec codec, string? name)
    {
        // A null colour space makes the codec keep the stored values.
        var alpha = codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul;
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, alpha, null);
        var bitmap = new SKBitmap(info, info.RowBytes);
        var result = codec.GetPixels(info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
        {
            bitmap.Dispose();
            var reason = result switch
            {
                SKCodecResult.IncompleteInput => "the file is truncated.",
                SKCodecResult.InvalidInput or SKCodecResult.ErrorInInput => "the file is damaged or truncated.",
                _ => $"decoding failed ({result}).",
            };
            throw new ImageFileException(reason, name);
        }

        return bitmap;
    }

    private static Tensor DecodePng16(ReadOnlySpan<byte> encoded, PngHeader header, ImageReadOptions options, string? name)
    {
        try
        {
            var pixels = Png16Decoder.Decode(encoded, header);
            return ImageTensor.FromPixels16(
                pixels, (int)header.Width, (int)header.Height, PixelLayout.Rgba32, background: options.Background);
        }
        catch (EndOfStreamException exception)
        {
            throw new ImageFileException("the file is truncated.", name, exception);
        }
        catch (InvalidDataException exception)
        {
            throw new ImageFileException($"the file is damaged or truncated ({exception.Message}).", name, exception);
        }
    }

    private static Tensor Orient(Tensor image, SKEncodedOrigin origin)
    {
        const int rows = 2, columns = 3;
        var oriented = origin switch
        {
            SKEncodedOrigin.TopRight => image.flip(columns),
            SKEncodedOrigin.BottomRight => image.flip(rows, columns),
            SKEncodedOrigin.BottomLeft => image.flip(rows),
            SKEncodedOrigin.LeftTop => image.transpose(rows, columns),
            SKEncodedOrigin.RightTop => image.transpose(rows, columns).flip(columns),
            SKEncodedOrigin.RightBottom => image.transpose(rows, columns).flip(rows, columns),
            SKEncodedOrigin.LeftBottom => image.transpose(rows, columns).flip(rows),
            _ => image,
        };
        return oriented.contiguous();
    }

    private static void CheckSize(long width, long height, ImageReadOptions options, string? name)
    {
        if (width == 0 || height == 0)
        {
            throw new ImageFileException($"it has no pixels ({width} x {height}).", name);
        }

        if (width > options.MaximumPixels / height)
        {
            throw new ImageFileException(
                $"its header claims {width} x {height} pixels, more than the {options.MaximumPixels} that "
                + $"{nameof(ImageReadOptions)}.{nameof(ImageReadOptions.MaximumPixels)} allows.",
                name);
        }
    }

    /// <summary>
    /// Throws for a truncated WebP file: one that is cut after its pixels still decodes, but has lost the orientation that follows them.
    /// </summary>
    private static void CheckWebPLength(ReadOnlySpan<byte> encoded, string? name)
    {
        const int riffHeaderLength = 8;
        if (IsWebP(encoded) && BinaryPrimitives.ReadUInt32LittleEndian(encoded[4..]) > encoded.Length - riffHeaderLength)
        {
            throw new ImageFileException("the file is truncated.", name);
        }
    }

    private static bool IsRead(SKEncodedImageFormat format)
        => format is SKEncodedImageFormat.Png or SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Bmp or SKEncodedImageFormat.Webp;

    private static bool IsKnown(ReadOnlySpan<byte> encoded)
        => encoded.StartsWith(PngHeader.Signature)
            || encoded.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
            || encoded.StartsWith("BM"u8)
            || IsWebP(encoded);

    private static bool IsWebP(ReadOnlySpan<byte> encoded)
        => encoded.Length >= 12 && encoded.StartsWith("RIFF"u8) && encoded[8..].StartsWith("WEBP"u8);
}

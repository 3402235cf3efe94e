using SkiaSharp;

namespace RestoreWithOnnx;

/// <summary>Reads image files as RestoreImages does, and writes PNG files.</summary>
internal static class PictureFile
{
    private const int PngBitDepthOffset = 24;

    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G'];

    /// <summary>
    /// Reads a PNG, JPEG, BMP or WebP file as RGB: upright, transparency over white, stored values without colour profiles. PNG files with
    /// 16 bits a channel keep 11.
    /// </summary>
    /// <exception cref="InvalidDataException">The file is no such image, or damaged.</exception>
    public static Picture Read(string path)
    {
        byte[] encoded = File.ReadAllBytes(path);
        using var data = SKData.CreateCopy(encoded);
        using SKCodec codec = SKCodec.Create(data) ?? throw new InvalidDataException($"{path}: it is not a PNG, JPEG, BMP or WebP file.");
        bool isDeep = encoded.AsSpan().StartsWith(PngSignature) && encoded.Length > PngBitDepthOffset && encoded[PngBitDepthOffset] == 16;

        // A null colour space makes the codec keep the stored values.
        var info = new SKImageInfo(
            codec.Info.Width,
            codec.Info.Height,
            isDeep ? SKColorType.RgbaF16 : SKColorType.Rgba8888,
            codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul,
            null);
        using var bitmap = new SKBitmap(info, info.RowBytes);
        SKCodecResult result = codec.GetPixels(info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
        {
            throw new InvalidDataException($"{path}: the file is damaged or truncated ({result}).");
        }

        Picture stored = isDeep
            ? ToPicture(info, System.Runtime.InteropServices.MemoryMarshal.Cast<byte, Half>(bitmap.GetPixelSpan()), value => (float)value)
            : ToPicture(info, bitmap.GetPixelSpan(), value => value / 255f);
        return Upright(stored, codec.EncodedOrigin);
    }

    /// <summary>Writes a picture as PNG with 8 bits a channel. The file is complete or, after an error, as before.</summary>
    public static void Write(string path, Picture picture)
    {
        bool isGray = picture.Channels == 1;
        var info = new SKImageInfo(
            picture.Width, picture.Height, isGray ? SKColorType.Gray8 : SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var bitmap = new SKBitmap(info, info.RowBytes);
        Span<byte> pixels = bitmap.GetPixelSpan();
        int plane = picture.Height * picture.Width;
        for (int i = 0; i < plane; i++)
        {
            if (isGray)
            {
                pixels[i] = Level(picture.Values[i]);
                continue;
            }

            for (int c = 0; c < 3; c++)
            {
                pixels[(4 * i) + c] = Level(picture.Values[(c * plane) + i]);
            }

            pixels[(4 * i) + 3] = byte.MaxValue;
        }

        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllBytes(temporary, data.ToArray());
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static byte Level(float value) => (byte)MathF.Round(Math.Clamp(value, 0, 1) * byte.MaxValue);

    private static Picture ToPicture<T>(SKImageInfo info, ReadOnlySpan<T> pixels, Func<T, float> number)
    {
        Picture picture = Picture.Black(3, info.Height, info.Width);
        int plane = info.Height * info.Width;
        for (int i = 0; i < plane; i++)
        {
            float alpha = info.AlphaType == SKAlphaType.Opaque ? 1 : number(pixels[(4 * i) + 3]);
            for (int c = 0; c < 3; c++)
            {
                picture.Values[(c * plane) + i] = (number(pixels[(4 * i) + c]) * alpha) + (1 - alpha);
            }
        }

        return picture;
    }

    private static Picture Upright(Picture stored, SKEncodedOrigin origin) => origin switch
    {
        SKEncodedOrigin.BottomLeft => stored.Turned(1),
        SKEncodedOrigin.TopRight => stored.Turned(2),
        SKEncodedOrigin.BottomRight => stored.Turned(3),
        SKEncodedOrigin.LeftTop => stored.Turned(4),
        SKEncodedOrigin.RightTop => stored.Turned(1 + 4),
        SKEncodedOrigin.LeftBottom => stored.Turned(2 + 4),
        SKEncodedOrigin.RightBottom => stored.Turned(3 + 4),
        _ => stored,
    };
}

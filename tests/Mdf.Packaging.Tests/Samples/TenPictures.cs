using SkiaSharp;

namespace Mdf.Packaging.Tests.Samples;

/// <summary>Pictures of every form that image files have: sizes, formats, depth, transparency, orientation.</summary>
internal static class TenPictures
{
    // Orientation 6 of EXIF, "rotate by 90 degrees", as a JPEG segment.
    private static readonly byte[] TurnedRight =
    [
        0xFF, 0xE1, 0, 34, (byte)'E', (byte)'x', (byte)'i', (byte)'f', 0, 0, (byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 1,
        0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0,
    ];

    public static void Draw(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "more"));
        Write("a.png", Encoded(40, 32, SKColorType.Rgba8888, SKEncodedImageFormat.Png));
        Write("b.png", Encoded(1, 1, SKColorType.Rgba8888, SKEncodedImageFormat.Png));
        Write("c.jpg", Encoded(33, 47, SKColorType.Rgba8888, SKEncodedImageFormat.Jpeg));
        Write("more/d.jpg", Encoded(70, 50, SKColorType.Rgba8888, SKEncodedImageFormat.Jpeg));
        byte[] jpeg = Encoded(38, 21, SKColorType.Rgba8888, SKEncodedImageFormat.Jpeg);
        Write("more/turned.jpg", [.. jpeg[..2], .. TurnedRight, .. jpeg[2..]]);
        Write("gray.png", Encoded(25, 18, SKColorType.Gray8, SKEncodedImageFormat.Png));
        Write("deep.png", Encoded(31, 17, SKColorType.RgbaF16, SKEncodedImageFormat.Png));
        Write("transparent.png", Encoded(29, 35, SKColorType.Rgba8888, SKEncodedImageFormat.Png, alpha: 100));
        Write("thin.png", Encoded(3, 60, SKColorType.Rgba8888, SKEncodedImageFormat.Png));
        Write("web.webp", Encoded(27, 30, SKColorType.Rgba8888, SKEncodedImageFormat.Webp));

        void Write(string name, byte[] content) => File.WriteAllBytes(Path.Combine(folder, name), content);
    }

    private static byte[] Encoded(int width, int height, SKColorType type, SKEncodedImageFormat format, byte alpha = 255)
    {
        using var bitmap = new SKBitmap(width, height, type, alpha == 255 ? SKAlphaType.Opaque : SKAlphaType.Premul);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.Gray.WithAlpha(alpha));
        using var gradient = SKShader.CreateLinearGradient(
            new SKPoint(0, 0), new SKPoint(width, height), [SKColors.Orange, SKColors.Navy], SKShaderTileMode.Clamp);
        using var paint = new SKPaint { Shader = gradient };
        canvas.DrawCircle(width / 2f, height / 2f, height / 3f, paint);
        using SKData data = bitmap.Encode(format, quality: 90);
        return data.ToArray();
    }
}

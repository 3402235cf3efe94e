namespace Mdf.Imaging;

/// <summary>The colour types of PNG; the values are those of the file format.</summary>
internal enum PngColorType : byte
{
    Gray = 0,
    Rgb = 2,
    Palette = 3,
    GrayAlpha = 4,
    Rgba = 6,
}

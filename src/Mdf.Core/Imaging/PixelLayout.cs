namespace Mdf.Imaging;

/// <summary>
/// Order of one pixel's channels in memory. The names assume 8 bits a channel, as in most image libraries; 16-bit pixels
/// (<see cref="ushort"/>) have the same channels with 16 bits each.
/// </summary>
public enum PixelLayout
{
    /// <summary>Red, green, blue.</summary>
    Rgb24,

    /// <summary>Blue, green, red (OpenCV, Windows bitmaps).</summary>
    Bgr24,

    /// <summary>Red, green, blue, alpha; alpha is not premultiplied.</summary>
    Rgba32,

    /// <summary>Blue, green, red, alpha; alpha is not premultiplied.</summary>
    Bgra32,

    /// <summary>One channel of grey.</summary>
    Gray8,
}

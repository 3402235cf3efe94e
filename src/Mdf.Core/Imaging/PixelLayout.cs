namespace Mdf.Imaging;

/// <summary>
/// The order of the channels of one pixel in memory. The names count 8 bits a channel, as most image libraries do; with 16-bit
/// pixels (<see cref="ushort"/>) the order and number of the channels are the same and each takes 16 bits.
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

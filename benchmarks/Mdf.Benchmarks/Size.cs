using System.Globalization;

namespace Mdf.Benchmarks;

/// <summary>Number and size of colour images in a batch.</summary>
public sealed record Size(int Images, int Height, int Width)
{
    public long Pixels => (long)Images * Height * Width;

    public static Size Parse(string text) => text.Split('x') is [var n, var h, var w]
        ? new Size(
            int.Parse(n, CultureInfo.InvariantCulture),
            int.Parse(h, CultureInfo.InvariantCulture),
            int.Parse(w, CultureInfo.InvariantCulture))
        : throw new FormatException($"'{text}' is no size; expected NxHxW, such as 16x96x96.");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Images}x{Height}x{Width}");
}

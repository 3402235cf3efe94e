namespace Mdf.Imaging;

internal static class PixelLayoutExtensions
{
    public static int ChannelCount(this PixelLayout layout, string parameterName = "layout") => layout switch
    {
        PixelLayout.Rgb24 or PixelLayout.Bgr24 => 3,
        PixelLayout.Rgba32 or PixelLayout.Bgra32 => 4,
        PixelLayout.Gray8 => 1,
        _ => throw new ArgumentException(
            $"Unknown pixel layout {(int)layout}; expected one of {string.Join(", ", Enum.GetNames<PixelLayout>())}.", parameterName),
    };

    public static bool HasAlpha(this PixelLayout layout) => layout is PixelLayout.Rgba32 or PixelLayout.Bgra32;

    public static bool IsBlueFirst(this PixelLayout layout) => layout is PixelLayout.Bgr24 or PixelLayout.Bgra32;
}

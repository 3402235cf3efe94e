using System.Drawing;
using Mdf.Imaging;
using Mdf.Testing;

namespace Mdf.Core.Tests.Imaging;

public sealed class ImageFileReadTests
{
    /// <summary>Tolerance for float32 rounding, far less than one level.</summary>
    private const double Exact = 1e-3;

    private static readonly ImageReadOptions OnBlue = new() { Background = Color.FromArgb(0, 0, 200) };

    [Theory]
    [InlineData("rgb8.png", Exact)]
    [InlineData("interlaced.png", Exact)]
    [InlineData("interlaced16.png", Exact)]
    [InlineData("rgb24.bmp", Exact)]
    [InlineData("lossless.webp", Exact)]
    [InlineData("lossy.webp", 16)]
    [InlineData("baseline.jpg", 4)]
    [InlineData("progressive.jpg", 4)]
    [InlineData("cmyk.jpg", 6)]
    [InlineData("orientation6.webp", Exact)]
    public void Read_EachFormat_ShowsThePattern(string name, double tolerance)
    {
        using var image = ImageFile.Read(Fixture.PathOf(name));

        Fixture.AssertShows(Fixture.Pattern, image, tolerance);
    }

    [Theory]
    [InlineData("icc.png", Exact)]
    [InlineData("gamma.png", Exact)]
    [InlineData("icc.jpg", 4)]
    public void Read_ColorProfile_KeepsTheStoredValues(string name, double tolerance)
    {
        using var image = ImageFile.Read(Fixture.PathOf(name));

        Fixture.AssertShows(Fixture.Pattern, image, tolerance);
    }

    [Theory]
    [InlineData("gray8.png", Exact)]
    [InlineData("gray.jpg", 4)]
    public void Read_Gray_ReplicatesToThreeChannels(string name, double tolerance)
    {
        using var image = ImageFile.Read(Fixture.PathOf(name));

        Fixture.AssertShows(Fixture.GrayRamp, image, tolerance);
    }

    [Fact]
    public void Read_OneBitGray_IsBlackAndWhite()
    {
        using var image = ImageFile.Read(Fixture.PathOf("gray1.png"));

        Fixture.AssertShows((x, _) => x >= 12 ? (255, 255, 255) : (0, 0, 0), image, Exact);
    }

    [Theory]
    [InlineData("palette.png")]
    [InlineData("palette.bmp")]
    public void Read_Palette_EqualsTheSameColorsWithoutPalette(string name)
    {
        using var expected = ImageFile.Read(Fixture.PathOf("palette_as_rgb.png"));
        using var image = ImageFile.Read(Fixture.PathOf(name));

        Assert.Equal(Fixture.Values(expected), Fixture.Values(image));
    }

    [Fact]
    public void Read_TransparentPaletteEntry_ShowsTheBackground()
    {
        using var opaque = ImageFile.Read(Fixture.PathOf("palette_as_rgb.png"));
        using var image = ImageFile.Read(Fixture.PathOf("palette_transparent.png"), OnBlue);
        var stored = ImageTensor.ToPixels(opaque);
        var key = stored[..3];

        Fixture.AssertShows(
            (x, y) =>
            {
                var pixel = stored.AsSpan(3 * ((y * Fixture.Width) + x), 3);
                return pixel.SequenceEqual(key) ? (0, 0, 200) : (pixel[0], pixel[1], pixel[2]);
            },
            image,
            Exact);
    }

    [Theory]
    [InlineData("rgba8.png")]
    [InlineData("alpha.webp")]
    public void Read_Alpha_CompositesUnpremultipliedColorsOverTheBackground(string name)
    {
        using var onWhite = ImageFile.Read(Fixture.PathOf(name));
        using var onBlue = ImageFile.Read(Fixture.PathOf(name), OnBlue);

        Fixture.AssertShows((x, y) => Over(Fixture.Pattern(x, y), 10 * x / 255.0, (255, 255, 255)), onWhite, Exact);
        Fixture.AssertShows((x, y) => Over(Fixture.Pattern(x, y), 10 * x / 255.0, (0, 0, 200)), onBlue, Exact);
    }

    [Fact]
    public void Read_GrayAlpha_CompositesOverTheBackground()
    {
        using var image = ImageFile.Read(Fixture.PathOf("gray_alpha8.png"), OnBlue);

        Fixture.AssertShows((x, y) => Over(Fixture.GrayRamp(x, y), 10 * (23 - x) / 255.0, (0, 0, 200)), image, Exact);
    }

    [Theory]
    [InlineData("gray16.png")]
    [InlineData("filters16.png")]
    public void Read_Gray16_KeepsAllBits(string name)
    {
        using var image = ImageFile.Read(Fixture.PathOf(name));

        var expected = Enumerable.Range(0, 2048).Select(i => 32 * i / 65535f);
        Assert.Equal([.. expected, .. expected, .. expected], Fixture.Values(image));
    }

    [Theory]
    [InlineData("rgb16.png")]
    [InlineData("icc16.png")]
    public void Read_Rgb16_KeepsAllBits(string name)
    {
        using var image = ImageFile.Read(Fixture.PathOf(name));

        var levels = Enumerable.Range(0, 2048).Select(i => 32 * i);
        Assert.Equal(
            [.. levels.Select(v => v / 65535f), .. levels.Select(v => (65535 - v) / 65535f), .. levels.Select(v => (v / 2) / 65535f)],
            Fixture.Values(image));
    }

    [Fact]
    public void Read_Alpha16_CompositesWithAllBits()
    {
        using var colored = ImageFile.Read(Fixture.PathOf("rgba16.png"), OnBlue);
        using var gray = ImageFile.Read(Fixture.PathOf("gray_alpha16.png"), OnBlue);

        Fixture.AssertShows(
            (x, y) => Over((Level(x, y), 255 - Level(x, y), Level(x, y) / 2), 32768 / 65535.0, (0, 0, 200)), colored, Exact, 64, 32);
        Fixture.AssertShows(
            (x, y) => Over((Level(x, y), Level(x, y), Level(x, y)), 1 - (Level(x, y) / 255), (0, 0, 200)), gray, Exact, 64, 32);
    }

    [Fact]
    public void Read_TransparentColor16_ShowsTheBackgroundThereOnly()
    {
        using var image = ImageFile.Read(Fixture.PathOf("gray16_key.png"), OnBlue);

        Fixture.AssertShows(
            (x, y) => (64 * y) + x == 100 ? (0, 0, 200) : (Level(x, y), Level(x, y), Level(x, y)),
            image,
            Exact,
            64,
            32);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Read_ExifOrientation_StandsUpright(int orientation)
    {
        using var image = ImageFile.Read(Fixture.PathOf($"orientation{orientation}.jpg"));

        Fixture.AssertShows(Fixture.Pattern, image, 4);
    }

    [Fact]
    public void Read_OrientationSwitchedOff_ComesAsStored()
    {
        using var image = ImageFile.Read(Fixture.PathOf("orientation6.jpg"), new ImageReadOptions { ApplyOrientation = false });

        // The stored image is rotated by 90 degrees to the left; the orientation tag would undo the rotation.
        Fixture.AssertShows((x, y) => Fixture.Pattern(Fixture.Width - 1 - y, x), image, 4, Fixture.Height, Fixture.Width);
    }

    [Fact]
    public void Decode_Bytes_EqualsRead()
    {
        using var read = ImageFile.Read(Fixture.PathOf("baseline.jpg"));
        using var decoded = ImageFile.Decode(Fixture.Bytes("baseline.jpg"));

        Assert.Equal(Fixture.Values(read), Fixture.Values(decoded));
    }

    [Fact]
    public void Read_WrongExtension_GoesByContent()
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("really-a-png.jpg");
        File.Copy(Fixture.PathOf("rgb8.png"), path);

        using var image = ImageFile.Read(path);

        Fixture.AssertShows(Fixture.Pattern, image, Exact);
    }

    /// <summary>Returns the values of the 16-bit gradients, in units of 1/255.</summary>
    private static double Level(int x, int y) => 32 * ((64 * y) + x) / 257.0;

    private static (double Red, double Green, double Blue) Over(
        (double Red, double Green, double Blue) color, double alpha, (double Red, double Green, double Blue) background)
        => ((color.Red * alpha) + (background.Red * (1 - alpha)),
            (color.Green * alpha) + (background.Green * (1 - alpha)),
            (color.Blue * alpha) + (background.Blue * (1 - alpha)));
}

using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Imaging;

/// <summary>Image files for the tests, drawn by make_fixtures.py.</summary>
internal static class Fixture
{
    public const int Width = 24;
    public const int Height = 16;

    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Imaging", "Fixtures", name);

    public static byte[] Bytes(string name) => File.ReadAllBytes(PathOf(name));

    /// <summary>Returns the colour at a position of each 24 x 16 fixture, in units of 1/255.</summary>
    public static (double Red, double Green, double Blue) Pattern(int x, int y) => (10 * x, 16 * y, 255 - (5 * (x + y)));

    public static (double Red, double Green, double Blue) GrayRamp(int x, int y) => (10 * x, 10 * x, 10 * x);

    /// <summary>Asserts size, type and all values, with a tolerance in units of 1/255.</summary>
    public static void AssertShows(
        Func<int, int, (double Red, double Green, double Blue)> expected,
        Tensor image,
        double tolerance,
        int width = Width,
        int height = Height)
    {
        Assert.Equal([1, 3, height, width], image.shape);
        Assert.Equal(ScalarType.Float32, image.dtype);
        Assert.Equal(DeviceType.CPU, image.device_type);
        var values = Values(image);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (red, green, blue) = expected(x, y);
                double[] channels = [red, green, blue];
                for (var channel = 0; channel < 3; channel++)
                {
                    var actual = values[(((channel * height) + y) * width) + x] * 255.0;
                    Assert.True(
                        Math.Abs(actual - channels[channel]) <= tolerance,
                        $"channel {channel} at ({x}, {y}): expected {channels[channel]}, got {actual}");
                }
            }
        }
    }

    public static float[] Values(Tensor image)
    {
        using var contiguous = image.contiguous();
        return contiguous.data<float>().ToArray();
    }
}

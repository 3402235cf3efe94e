using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Imaging;

/// <summary>The pictures beside these tests; make_fixtures.py, which drew them, says what they show.</summary>
internal static class Fixture
{
    public const int Width = 24;
    public const int Height = 16;

    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Imaging", "Fixtures", name);

    public static byte[] Bytes(string name) => File.ReadAllBytes(PathOf(name));

    /// <summary>The colour that every fixture of 24 x 16 pixels has at a place, in 255ths.</summary>
    public static (double Red, double Green, double Blue) Pattern(int x, int y) => (10 * x, 16 * y, 255 - (5 * (x + y)));

    public static (double Red, double Green, double Blue) GrayRamp(int x, int y) => (10 * x, 10 * x, 10 * x);

    /// <summary>Asserts size, type and every value, the tolerance in 255ths.</summary>
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

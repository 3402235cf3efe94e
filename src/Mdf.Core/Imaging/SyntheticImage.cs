using System.Globalization;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Mdf.Imaging;

/// <summary>Generates test images that need no file.</summary>
public static class SyntheticImage
{
    /// <summary>Largest width and height of a synthetic image: 4096 pixels.</summary>
    public const int LargestSide = 4096;

    /// <summary>
    /// Generates an image of the dead-leaves model of natural images (Lee, Mumford and Huang 2001, "Occlusion Models for Natural Images"):
    /// overlapping disks whose number falls with the cube of their radius. Like photographs, the image has smooth areas, sharp edges and
    /// texture at all scales.
    /// </summary>
    /// <param name="width">Image width in pixels, 1 to <see cref="LargestSide"/>.</param>
    /// <param name="height">Image height in pixels, 1 to <see cref="LargestSide"/>.</param>
    /// <param name="seed">Seeds all random choices; the same seed gives the same image, bit for bit, on every platform.</param>
    /// <returns>An RGB float32 tensor, (1, 3, height, width), on the CPU, with values in [0, 1]. The caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The width or height is out of range.</exception>
    public static Tensor DeadLeaves(int width, int height, int seed)
    {
        RequireSide(width, nameof(width));
        RequireSide(height, nameof(height));
        var painter = new DeadLeavesPainter(width, height, seed);
        using var scope = NewDisposeScope();
        var image = empty(1, 3, height, width, ScalarType.Float32, CPU);
        painter.Paint(MemoryMarshal.Cast<byte, float>(image.bytes));
        return image.MoveToOuterDisposeScope();
    }

    private static void RequireSide(int side, string parameterName)
    {
        if (side is < 1 or > LargestSide)
        {
            throw new ArgumentOutOfRangeException(
                parameterName, string.Create(CultureInfo.InvariantCulture, $"Expected 1 to {LargestSide} pixels, got {side}."));
        }
    }
}

using System.Globalization;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Mdf.Imaging;

/// <summary>Pictures that need no file.</summary>
public static class SyntheticImage
{
    /// <summary>The largest width and height of a synthetic image: 4096.</summary>
    public const int LargestSide = 4096;

    /// <summary>
    /// Draws the dead-leaves model of natural images (Lee, Mumford and Huang 2001, "Occlusion Models for Natural Images"): disks of
    /// which the numbers fall with the cube of the radius, lying on one another. Like photographs it has smooth areas, sharp edges
    /// and texture at all scales.
    /// </summary>
    /// <param name="width">Columns, 1 to <see cref="LargestSide"/>.</param>
    /// <param name="height">Rows, 1 to <see cref="LargestSide"/>.</param>
    /// <param name="seed">Any number; the same one gives the same picture, bit by bit, on every platform.</param>
    /// <returns>A float32 tensor (1, 3, height, width) on the CPU, RGB, values in [0, 1]. The caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The width or the height is out of range.</exception>
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

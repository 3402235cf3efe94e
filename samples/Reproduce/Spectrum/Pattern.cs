using static TorchSharp.torch;

namespace Reproduce.Spectrum;

/// <summary>Sinusoids of one frequency, orientation and colour, of a given energy.</summary>
internal static class Pattern
{
    /// <summary>Frequencies in cycles a pixel, from a constant to the finest that pixels can show.</summary>
    public static IReadOnlyList<double> Frequencies { get; } = [0, 1 / 32.0, 1 / 16.0, 1 / 8.0, 1 / 4.0, 3 / 8.0, 1 / 2.0];

    /// <summary>Directions across the stripes, in degrees.</summary>
    public static IReadOnlyList<double> Orientations { get; } = [0, 45, 90, 135];

    /// <summary>Colours of unit length, all opposed to each other: luma is grey, red-green and blue-yellow have none of it.</summary>
    public static IReadOnlyList<(string Name, double[] Direction)> Colors { get; } =
    [
        ("luma", Unit(1, 1, 1)),
        ("red-green", Unit(1, -1, 0)),
        ("blue-yellow", Unit(-1, -1, 2)),
    ];

    /// <summary>Draws a sinusoid whose root mean square over pixels and channels is a given value.</summary>
    /// <param name="side">Side in pixels.</param>
    /// <param name="frequency">Cycles a pixel, across the stripes.</param>
    /// <param name="orientation">Direction across the stripes, in degrees.</param>
    /// <param name="color">Red, green and blue.</param>
    /// <param name="strength">The root mean square.</param>
    /// <param name="phase">Phase in turns.</param>
    /// <returns>(1, 3, side, side).</returns>
    public static Tensor Draw(int side, double frequency, double orientation, IReadOnlyList<double> color, double strength, double phase)
    {
        using var scope = NewDisposeScope();
        double angle = orientation * Math.PI / 180;
        Tensor at = arange(side, ScalarType.Float64);
        Tensor across = at.reshape(1, side) * (frequency * Math.Cos(angle)), down = at.reshape(side, 1) * (frequency * Math.Sin(angle));
        Tensor wave = ((across + down + phase) * (2 * Math.PI)).cos();
        Tensor painted = wave.reshape(1, 1, side, side) * tensor(color.ToArray(), ScalarType.Float64).reshape(1, 3, 1, 1);
        Tensor scaled = painted * (strength / painted.square().mean().sqrt());
        return scaled.to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    private static double[] Unit(params double[] direction)
    {
        double length = Math.Sqrt(direction.Sum(d => d * d));
        return [.. direction.Select(d => d / length)];
    }
}

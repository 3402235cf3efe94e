namespace Mdf.Imaging;

/// <summary>Smooth noise between -1 and 1: two octaves of interpolated random values on the integer grid.</summary>
internal static class ValueNoise
{
    public static double At(double x, double y, uint seed)
        => (Octave(x, y, seed) * (2.0 / 3)) + (Octave(2 * x, 2 * y, seed + 1) * (1.0 / 3));

    private static double Octave(double x, double y, uint seed)
    {
        double floorX = Math.Floor(x), floorY = Math.Floor(y);
        int column = (int)floorX, row = (int)floorY;
        double u = Ease(x - floorX), v = Ease(y - floorY);
        var top = Mix(Corner(column, row, seed), Corner(column + 1, row, seed), u);
        var bottom = Mix(Corner(column, row + 1, seed), Corner(column + 1, row + 1, seed), u);
        return Mix(top, bottom, v);
    }

    private static double Ease(double t) => t * t * (3 - (2 * t));

    private static double Mix(double a, double b, double share) => a + ((b - a) * share);

    /// <summary>Returns a pseudorandom value in [-1, 1] that depends on the arguments only.</summary>
    private static double Corner(int column, int row, uint seed)
    {
        unchecked
        {
            var hash = ((uint)column * 0x9E3779B1u) ^ ((uint)row * 0x85EBCA77u) ^ (seed * 0xC2B2AE3Du);
            hash ^= hash >> 15;
            hash *= 0x2C1B3C6Du;
            hash ^= hash >> 12;
            hash *= 0x297A2D39u;
            hash ^= hash >> 15;
            return (hash / (double)uint.MaxValue * 2) - 1;
        }
    }
}

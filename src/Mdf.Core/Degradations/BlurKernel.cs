using Mdf.Guards;

namespace Mdf.Degradations;

/// <summary>A square kernel of odd size for <see cref="KernelBlur"/>, whose values sum to 1.</summary>
/// <remarks>
/// The kernels of degradations in the wild: Gaussians, generalised and plateau-shaped ones (Liu et al., "Estimating Generalized Gaussian
/// Blur Kernels for Out-of-Focus Image Deblurring", 2020; Wang et al., "Real-ESRGAN", 2021), motion, and the circular low-pass filter that
/// makes ringing.
/// </remarks>
public sealed class BlurKernel
{
    private const int LargestSize = 255;
    private const int BesselSteps = 256;

    private readonly double[] values;

    private BlurKernel(int size, string description, Func<double, double, double> value)
    {
        Guard.Require(size is >= 1 and <= LargestSize && size % 2 == 1, size, $"an odd number, 1 to {LargestSize}", nameof(size));
        Size = size;
        Description = description;
        int middle = size / 2;
        double[] raw = [.. from y in Enumerable.Range(-middle, size) from x in Enumerable.Range(-middle, size) select value(x, y)];
        double sum = raw.Sum();
        values = [.. raw.Select(v => v / sum)];
    }

    /// <summary>Number of rows and columns.</summary>
    public int Size { get; }

    /// <summary>Kind and settings of the kernel.</summary>
    public string Description { get; }

    /// <summary>Values of the kernel, row by row; they sum to 1.</summary>
    public IReadOnlyList<double> Values => values;

    /// <summary>Creates a Gaussian kernel.</summary>
    /// <param name="size">Number of rows and columns, odd, 1 to 255.</param>
    /// <param name="sigma">Standard deviation in pixels along the first axis, above 0.</param>
    /// <param name="otherSigma">Standard deviation along the second axis, above 0; null for a round kernel.</param>
    /// <param name="angle">Angle of the first axis with the rows, in radians, counted towards larger row numbers. Default: 0.</param>
    /// <returns>The kernel.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static BlurKernel Gaussian(int size, double sigma, double? otherSigma = null, double angle = 0)
    {
        Func<double, double, double> distance = Distance(sigma, otherSigma, angle);
        return new(size, Text("Gaussian", sigma, otherSigma, angle), (x, y) => Math.Exp(-distance(x, y) / 2));
    }

    /// <summary>Creates a generalised Gaussian kernel, exp(-d^shape / 2) where d is the squared distance in standard deviations.</summary>
    /// <param name="size">Number of rows and columns, odd, 1 to 255.</param>
    /// <param name="shape">Shape, above 0: 1 for a Gaussian, less for a sharper peak, more for a flatter top.</param>
    /// <param name="sigma">Standard deviation in pixels along the first axis, above 0.</param>
    /// <param name="otherSigma">Standard deviation along the second axis, above 0; null for a round kernel.</param>
    /// <param name="angle">Angle of the first axis with the rows, in radians, counted towards larger row numbers. Default: 0.</param>
    /// <returns>The kernel.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static BlurKernel GeneralizedGaussian(int size, double shape, double sigma, double? otherSigma = null, double angle = 0)
    {
        Func<double, double, double> distance = Distance(sigma, otherSigma, angle);
        Above0(shape, nameof(shape));
        return new(
            size,
            Text("generalised Gaussian", sigma, otherSigma, angle) + Settings.Text($", shape {shape}"),
            (x, y) => Math.Exp(-Math.Pow(distance(x, y), shape) / 2));
    }

    /// <summary>Creates a kernel with a plateau, 1 / (1 + d^shape) where d is the squared distance in standard deviations.</summary>
    /// <param name="size">Number of rows and columns, odd, 1 to 255.</param>
    /// <param name="shape">Shape, above 0; the larger, the flatter the plateau and the steeper its border.</param>
    /// <param name="sigma">Radius of the plateau in pixels along the first axis, above 0.</param>
    /// <param name="otherSigma">Radius along the second axis, above 0; null for a round kernel.</param>
    /// <param name="angle">Angle of the first axis with the rows, in radians, counted towards larger row numbers. Default: 0.</param>
    /// <returns>The kernel.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static BlurKernel Plateau(int size, double shape, double sigma, double? otherSigma = null, double angle = 0)
    {
        Func<double, double, double> distance = Distance(sigma, otherSigma, angle);
        Above0(shape, nameof(shape));
        return new(
            size,
            Text("plateau", sigma, otherSigma, angle) + Settings.Text($", shape {shape}"),
            (x, y) => 1 / (1 + Math.Pow(distance(x, y), shape)));
    }

    /// <summary>Creates a circular low-pass (sinc) filter, which rings at edges. Its values may be negative.</summary>
    /// <param name="size">Number of rows and columns, odd, 1 to 255.</param>
    /// <param name="cutoff">Cut-off frequency in radians a pixel, above 0, at most pi.</param>
    /// <returns>The kernel.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static BlurKernel Sinc(int size, double cutoff)
    {
        Guard.Require(cutoff is > 0 and <= Math.PI, cutoff, "a number above 0, at most pi", nameof(cutoff));
        return new(size, Settings.Text($"sinc, cut-off {cutoff}"), (x, y) =>
        {
            double radius = Math.Sqrt((x * x) + (y * y));
            return radius == 0 ? cutoff * cutoff / (4 * Math.PI) : cutoff * BesselJ1(cutoff * radius) / (2 * Math.PI * radius);
        });
    }

    /// <summary>Creates the kernel of a straight, uniform motion: a line of one pixel's width.</summary>
    /// <param name="length">Length of the motion in pixels, at least 1, at most 254.</param>
    /// <param name="angle">Angle of the motion with the rows, in radians, counted towards larger row numbers.</param>
    /// <returns>The kernel; its size is the smallest odd number that holds the line.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static BlurKernel Motion(double length, double angle)
    {
        Guard.Require(length is >= 1 and < LargestSize, length, $"1 to {LargestSize - 1}", nameof(length));
        Guard.Require(double.IsFinite(angle), angle, "a finite number", nameof(angle));
        int size = (2 * (int)Math.Ceiling(length / 2)) + 1;
        (double cos, double sin) = (Math.Cos(angle), Math.Sin(angle));
        return new(size, Settings.Text($"motion of {length} pixels at {angle}"), (x, y) =>
        {
            // Overlap of the pixel with the line, along it and across it.
            double along = Math.Abs((x * cos) + (y * sin)), across = Math.Abs((y * cos) - (x * sin));
            return Math.Clamp((length / 2) + 0.5 - along, 0, 1) * Math.Max(1 - across, 0);
        });
    }

    // Squared distance from the middle in standard deviations.
    private static Func<double, double, double> Distance(double sigma, double? otherSigma, double angle)
    {
        Above0(sigma, nameof(sigma));
        Above0(otherSigma ?? sigma, nameof(otherSigma));
        Guard.Require(double.IsFinite(angle), angle, "a finite number", nameof(angle));
        (double cos, double sin, double other) = (Math.Cos(angle), Math.Sin(angle), otherSigma ?? sigma);
        return (x, y) => Math.Pow(((x * cos) + (y * sin)) / sigma, 2) + Math.Pow(((y * cos) - (x * sin)) / other, 2);
    }

    private static void Above0(double value, string name) =>
        Guard.Require(double.IsFinite(value) && value > 0, value, "a number above 0", name);

    private static string Text(string kind, double sigma, double? otherSigma, double angle) =>
        otherSigma is { } other ? Settings.Text($"{kind}, sigma {sigma} and {other} at {angle}") : Settings.Text($"{kind}, sigma {sigma}");

    // Bessel's integral over one period, for which the trapezoidal rule converges exponentially; arguments here stay below 600.
    private static double BesselJ1(double x)
    {
        int steps = BesselSteps + (4 * (int)x);
        return Enumerable.Range(0, steps).Average(i =>
        {
            double angle = 2 * Math.PI * i / steps;
            return Math.Cos(angle - (x * Math.Sin(angle)));
        });
    }
}

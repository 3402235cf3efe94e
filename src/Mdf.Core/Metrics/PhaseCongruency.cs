using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Metrics;

/// <summary>
/// Computes phase congruency, from 0 to 1: how far the waves of several lengths agree in phase at each position, which marks features such
/// as edges whatever their contrast. Kovesi, "Image features from phase congruency", 1999, with the settings of the feature similarity.
/// </summary>
/// <remarks>
/// The responses come from log-Gabor filters of four orientations and four wavelengths, applied in the frequency domain. Each response sees
/// the whole image.
/// </remarks>
internal static class PhaseCongruency
{
    /// <summary>Shortest wavelength in pixels; the others are 2, 4 and 8 times as long.</summary>
    public const int ShortestWavelength = 6;

    private const int Scales = 4;
    private const int Orientations = 4;

    // Relative bandwidth of the filters, and the standard deviation of their direction in radians.
    private const double Bandwidth = 0.55;
    private const double DirectionDeviation = Math.PI / (Orientations * 1.2);

    // A smooth low-pass filter takes the corners of the spectrum out.
    private const double Cutoff = 0.45;
    private const int CutoffOrder = 30;

    // Energy below the mean of the noise plus two of its standard deviations does not count. The estimate is 1.7 times too high.
    private const double NoiseDeviations = 2;
    private const double NoiseOverestimate = 1.7;
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>Computes the congruency in the caller's dispose scope. Gradients flow to the images.</summary>
    /// <param name="images">Grey images, (N, 1, H, W), float64.</param>
    /// <returns>(N, 1, H, W).</returns>
    public static Tensor Of(Tensor images)
    {
        using var scope = NewDisposeScope();
        (Tensor radius, Tensor angle) = Frequencies(images.shape[2], images.shape[3], images.device);
        Tensor bands = Bands(radius);

        // The filters take no notice of a constant. Without it, flat images have a response of exactly zero.
        Tensor spectrum = fft.fft2(images - images[.., .., ..1, ..1].detach());
        Tensor? energies = null, amplitudes = null;
        for (int orientation = 0; orientation < Orientations; orientation++)
        {
            Tensor filters = bands * Directions(angle, orientation * Math.PI / Orientations);
            (Tensor energy, Tensor amplitude) = Responses(spectrum, filters);
            energies = energies is null ? energy : energies.Plus(energy);
            amplitudes = amplitudes is null ? amplitude : amplitudes.Plus(amplitude);
        }

        return (energies! / amplitudes!.Plus(Epsilon)).MoveToOuterDisposeScope();
    }

    // Returns the energy above the noise and the amplitude of an orientation's filters, both summed over the wavelengths.
    private static (Tensor Energy, Tensor Amplitude) Responses(Tensor spectrum, Tensor filters)
    {
        using var scope = NewDisposeScope();
        Tensor responses = fft.ifft2(spectrum * filters);
        (Tensor even, Tensor odd) = (responses.real, responses.imag);
        Tensor sumEven = even.sum([1], keepdim: true), sumOdd = odd.sum([1], keepdim: true);
        Tensor length = FiniteGradient.Root(sumEven.Squared().Plus(sumOdd.Squared())).Plus(Epsilon);
        (Tensor meanEven, Tensor meanOdd) = (sumEven / length, sumOdd / length);

        // The part of each response in the direction of the mean, less the part across.
        Tensor inPhase = (even * meanEven).Plus(odd * meanOdd), across = (even * meanOdd) - (odd * meanEven);
        Tensor energy = (inPhase - across.abs()).sum([1], keepdim: true);
        Tensor squares = even.Squared().Plus(odd.Squared());
        return (
            (energy - Noise(squares, filters)).relu().MoveToOuterDisposeScope(),
            FiniteGradient.Root(squares).sum([1], keepdim: true).MoveToOuterDisposeScope());
    }

    // Returns the energy that is attributed to noise, (N, 1, 1, 1), from the median response of the shortest wavelength.
    private static Tensor Noise(Tensor squares, Tensor filters)
    {
        Tensor median = stack([.. squares.select(1, 0).unbind(0).Select(image => image.median())]).reshape(-1, 1, 1, 1);
        Tensor power = median.Over(Math.Log(2)) / filters.narrow(0, 0, 1).Squared().sum();
        Tensor sumOfFilters = fft.ifft2(filters.sum([0])).real;
        Tensor deviation = FiniteGradient.Root(power * sumOfFilters.Squared().sum().Times(sumOfFilters.numel()));
        double factor = Math.Sqrt(Math.PI / 2) + (NoiseDeviations * Math.Sqrt(2 - (Math.PI / 2)));
        return deviation.Times(factor / NoiseOverestimate);
    }

    // Returns the filters' gain by wavelength, (scales, H, W), which is zero at the frequency zero.
    private static Tensor Bands(Tensor radius)
    {
        Tensor isZero = radius.IsAtMost(0), positive = where(isZero, ones_like(radius), radius);
        Tensor lowPass = radius.Over(Cutoff).ToThe(CutoffOrder).Plus(1).reciprocal();
        double narrowness = 1 / (2 * Math.Pow(Math.Log(Bandwidth), 2));
        return stack(
        [
            .. Enumerable.Range(0, Scales)
                .Select(scale => positive.Times(ShortestWavelength << scale).log().Squared().Times(-narrowness).exp() * lowPass)
                .Select(band => where(isZero, zeros_like(band), band)),
        ]);
    }

    // Returns the filters' gain by direction, (H, W).
    private static Tensor Directions(Tensor angle, double orientation)
    {
        Tensor difference = angle.Minus(orientation);
        Tensor distance = difference.sin().atan2(difference.cos());
        return distance.Squared().Over(-2 * DirectionDeviation * DirectionDeviation).exp();
    }

    // Returns radius and angle of each frequency in the order of the Fourier transform, (H, W). Sides of an odd length are scaled so that
    // the highest frequency is one half, as in the published code.
    private static (Tensor Radius, Tensor Angle) Frequencies(long height, long width, Device device)
    {
        Tensor down = tensor(Axis(height), ScalarType.Float64, device).unsqueeze(1);
        Tensor across = tensor(Axis(width), ScalarType.Float64, device).unsqueeze(0);
        Tensor radius = down.Squared().Plus(across.Squared()).sqrt();
        return (radius, across.neg().expand(height, width).atan2(down.expand(height, width)));

        static double[] Axis(long length)
        {
            long half = length / 2, even = length - (length % 2);
            return [.. Enumerable.Range(0, (int)length).Select(i => (double)(((i + half) % length) - half) / even)];
        }
    }
}

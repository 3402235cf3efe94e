using Mdf.Guards;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>
/// Adds a sinusoidal grating, identical for all channels and images: <c>amplitude sin(2 pi (x cos o + y sin o) / period)</c> at column x
/// and row y, with orientation o. The grating is 0 at the top left pixel.
/// </summary>
/// <remarks>One of the distortions in Figures 7 and 8 of the supplement of Mustafa et al., WACV 2022.</remarks>
public sealed class SinusoidalGrating : Degradation
{
    /// <summary>Creates a grating.</summary>
    /// <param name="amplitude">
    /// Half the difference between the grating's highest and lowest value, at least 0; images have values in [0, 1].
    /// </param>
    /// <param name="period">Distance between two crests in pixels, at least 2. Default: 8.</param>
    /// <param name="orientation">
    /// Direction in which the grating varies, in degrees: 0 along rows (vertical stripes), 90 along columns (horizontal stripes). Default:
    /// 0.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range or not finite.</exception>
    public SinusoidalGrating(double amplitude, double period = 8, double orientation = 0)
    {
        Amplitude = Guard.Finite(amplitude, amplitude >= 0, "an amplitude of at least 0", nameof(amplitude));
        Period = Guard.Finite(period, period >= 2, "a period of at least 2 pixels", nameof(period));
        Orientation = Guard.Finite(orientation, true, "an angle in degrees", nameof(orientation));
    }

    /// <summary>Half the difference between the grating's highest and lowest value.</summary>
    public double Amplitude { get; }

    /// <summary>Distance between two crests, in pixels.</summary>
    public double Period { get; }

    /// <summary>Direction in which the grating varies, in degrees: 0 along rows, 90 along columns.</summary>
    public double Orientation { get; }

    /// <summary>Clips results to [0, 1]. Default: false.</summary>
    public bool Clip { get; init; }

    /// <inheritdoc/>
    public override string Description
        => Settings.Text($"sinusoidal grating, amplitude {Amplitude}, period {Period}, orientation {Orientation}")
            + (Clip ? ", clipped" : "");

    /// <inheritdoc/>
    protected override Tensor Degrade(Tensor images, Random random)
    {
        (double sine, double cosine) = Math.SinCos(Orientation * Math.PI / 180);
        Tensor x = Places(images.shape[3], images.device);
        Tensor y = Places(images.shape[2], images.device).unsqueeze(1);
        Tensor grating = x.Times(cosine).Plus(y.Times(sine)).Times(2 * Math.PI / Period).sin().Times(Amplitude);
        return Clipped(images.Plus(grating.to(images.dtype)), Clip);
    }

    private static Tensor Places(long count, Device device)
        => tensor([.. Enumerable.Range(0, (int)count).Select(i => (double)i)], device: device);
}

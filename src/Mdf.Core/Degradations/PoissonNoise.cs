using Mdf.Guards;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>
/// Adds photon (Poisson) noise, which grows with brightness. The number of photons at full brightness is the next power of two of the
/// number of 8-bit levels that an image has, and the deviation is multiplied by a scale, as in Real-ESRGAN (Wang et al. 2021).
/// </summary>
public sealed class PoissonNoise : Degradation
{
    /// <summary>Creates noise whose scale is drawn uniformly for each image.</summary>
    /// <param name="lowestScale">Lowest factor of the noise, at least 0.</param>
    /// <param name="highestScale">Highest factor of the noise, at least <paramref name="lowestScale"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A scale is out of range or not finite.</exception>
    public PoissonNoise(double lowestScale, double highestScale)
    {
        LowestScale = Guard.Finite(lowestScale, lowestScale >= 0, "a scale of at least 0", nameof(lowestScale));
        string expected = Settings.Text($"a scale of at least {lowestScale}, the lowest");
        HighestScale = Guard.Finite(highestScale, highestScale >= lowestScale, expected, nameof(highestScale));
    }

    /// <summary>Lowest factor of the noise.</summary>
    public double LowestScale { get; }

    /// <summary>Highest factor of the noise.</summary>
    public double HighestScale { get; }

    /// <summary>Whether all channels of an RGB image get the noise of its grey version. Default: false.</summary>
    public bool Gray { get; init; }

    /// <inheritdoc/>
    public override string Description =>
        $"Poisson noise, scale {Settings.Range(LowestScale, HighestScale)}" + (Gray ? ", grey" : "");

    /// <inheritdoc/>
    protected override Tensor Degrade(Tensor images, Random random) => EachImage(images, image =>
    {
        double scale = LowestScale + (random.NextDouble() * (HighestScale - LowestScale));
        using var generator = new Generator((ulong)random.NextInt64(), CPU);
        Tensor levels = image.to(ScalarType.Float64).cpu().Within(0, 1).Times(byte.MaxValue).round();
        levels = Gray ? levels.mean([1], keepdim: true).round() : levels;
        double photons = Math.Pow(2, Math.Ceiling(Math.Log2(levels.unique().output.numel())));
        Tensor expected = levels.Times(photons / byte.MaxValue);
        Tensor noise = poisson(expected, generator).Plus(-expected).Times(scale / photons);
        return image.Plus(noise.to(image.dtype).to(image.device));
    });
}

using Mdf.Guards;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>Adds white Gaussian noise that is independent for each value.</summary>
public sealed class GaussianNoise : Degradation
{
    /// <summary>Creates noise of a fixed standard deviation.</summary>
    /// <param name="sigma">Standard deviation in units of 1/255 of the value range, at least 0; common values are 15, 25 and 50.</param>
    /// <exception cref="ArgumentOutOfRangeException">The standard deviation is negative or not finite.</exception>
    public GaussianNoise(double sigma)
        : this(sigma, sigma)
    {
    }

    /// <summary>Creates noise whose standard deviation is drawn uniformly for each image, for blind training.</summary>
    /// <param name="lowestSigma">Lowest standard deviation in units of 1/255 of the value range, at least 0.</param>
    /// <param name="highestSigma">
    /// Highest standard deviation in units of 1/255 of the value range, at least <paramref name="lowestSigma"/>.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A standard deviation is out of range or not finite.</exception>
    public GaussianNoise(double lowestSigma, double highestSigma)
    {
        LowestSigma = Guard.Finite(lowestSigma, lowestSigma >= 0, "a standard deviation of at least 0", nameof(lowestSigma));
        string expected = Settings.Text($"a standard deviation of at least {lowestSigma}, the lowest");
        HighestSigma = Guard.Finite(highestSigma, highestSigma >= lowestSigma, expected, nameof(highestSigma));
    }

    /// <summary>Lowest standard deviation, in units of 1/255 of the value range.</summary>
    public double LowestSigma { get; }

    /// <summary>Highest standard deviation, in units of 1/255 of the value range.</summary>
    public double HighestSigma { get; }

    /// <summary>Clips results to [0, 1]. Default: false, as in the training of DnCNN (Zhang et al. 2017).</summary>
    public bool Clip { get; init; }

    /// <summary>Whether all channels of an image get the same noise. Default: false.</summary>
    public bool Gray { get; init; }

    /// <inheritdoc/>
    public override string Description =>
        $"Gaussian noise, sigma {Settings.Range(LowestSigma, HighestSigma)}" + (Gray ? ", grey" : "") + (Clip ? ", clipped" : "");

    /// <inheritdoc/>
    protected override Tensor Degrade(Tensor images, Random random)
    {
        double range = HighestSigma - LowestSigma;
        double[] sigmas = [.. Enumerable.Range(0, (int)images.shape[0]).Select(_ => LowestSigma + (random.NextDouble() * range))];

        // TorchSharp creates CPU generators whatever device is requested. Drawing on the CPU also gives the same noise on every device.
        using var generator = new Generator((ulong)random.NextInt64(), CPU);
        long[] shape = Gray ? [images.shape[0], 1, images.shape[2], images.shape[3]] : images.shape;
        Tensor noise = randn(shape, images.dtype, CPU, generator: generator).to(images.device);
        Tensor strength = tensor(sigmas, images.dtype, images.device).Over(byte.MaxValue).reshape(-1, 1, 1, 1);
        return Clipped(images.Plus(noise * strength), Clip);
    }
}

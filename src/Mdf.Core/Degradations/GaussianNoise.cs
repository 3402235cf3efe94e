using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>Adds white Gaussian noise, independent for each value.</summary>
public sealed class GaussianNoise : Degradation
{
    /// <summary>Noise of one strength.</summary>
    /// <param name="sigma">Standard deviation in 255ths of the value range, at least 0 (the literature's 15, 25, 50).</param>
    /// <exception cref="ArgumentOutOfRangeException">The standard deviation is negative or not finite.</exception>
    public GaussianNoise(double sigma)
        : this(sigma, sigma)
    {
    }

    /// <summary>Noise of a strength drawn for each image, for blind training.</summary>
    /// <param name="lowestSigma">Standard deviation in 255ths of the value range, at least 0.</param>
    /// <param name="highestSigma">The same, at least <paramref name="lowestSigma"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A standard deviation is out of range or not finite.</exception>
    public GaussianNoise(double lowestSigma, double highestSigma)
    {
        LowestSigma = Settings.Require(lowestSigma, lowestSigma >= 0, "a standard deviation of at least 0", nameof(lowestSigma));
        string expected = Settings.Text($"a standard deviation of at least {lowestSigma}, the lowest");
        HighestSigma = Settings.Require(highestSigma, highestSigma >= lowestSigma, expected, nameof(highestSigma));
    }

    /// <summary>The lowest standard deviation that is drawn, in 255ths.</summary>
    public double LowestSigma { get; }

    /// <summary>The highest standard deviation that is drawn, in 255ths.</summary>
    public double HighestSigma { get; }

    /// <summary>Whether results are clipped to [0, 1]. Default: false, as in the training of DnCNN (Zhang et al. 2017).</summary>
    public bool Clip { get; init; }

    /// <inheritdoc/>
    public override string Description => $"Gaussian noise, sigma {Settings.Range(LowestSigma, HighestSigma)}" + (Clip ? ", clipped" : "");

    /// <inheritdoc/>
    protected override Tensor Degrade(Tensor images, Random random)
    {
        double range = HighestSigma - LowestSigma;
        double[] sigmas = [.. Enumerable.Range(0, (int)images.shape[0]).Select(_ => LowestSigma + (random.NextDouble() * range))];

        // TorchSharp's generators are the CPU's, whatever device they are made for; so the noise is the same on all.
        using var generator = new Generator((ulong)random.NextInt64(), CPU);
        Tensor noise = randn(images.shape, images.dtype, CPU, generator: generator).to(images.device);
        Tensor strength = tensor(sigmas, images.dtype, images.device).Over(byte.MaxValue).reshape(-1, 1, 1, 1);
        return Clipped(images.Plus(noise * strength), Clip);
    }
}

using Mdf.Imaging;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>
/// Convolution with a Gaussian, cut off at four standard deviations; beyond the borders images are mirrored with their edge pixels
/// repeated.
/// </summary>
public sealed class GaussianBlur : Degradation
{
    /// <summary>Blur.</summary>
    /// <param name="sigma">The standard deviation in pixels, at least 0, which changes nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">The standard deviation is negative or not finite.</exception>
    public GaussianBlur(double sigma)
        => Sigma = Settings.Require(sigma, sigma >= 0, "a standard deviation of at least 0", nameof(sigma));

    /// <summary>The standard deviation in pixels.</summary>
    public double Sigma { get; }

    /// <inheritdoc/>
    public override string Description => Settings.Text($"Gaussian blur, sigma {Sigma}");

    /// <inheritdoc/>
    protected override Tensor Degrade(Tensor images, Random random)
        => Sigma == 0 ? images.clone() : SeparableFilter.GaussianBlur(images, Sigma);
}

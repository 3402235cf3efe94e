using Mdf.Guards;
using Mdf.Imaging;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>
/// Convolves images with a Gaussian kernel that is cut off at four standard deviations. Beyond the borders images are mirrored, with their
/// edge pixels repeated.
/// </summary>
public sealed class GaussianBlur : Degradation
{
    /// <summary>Creates a Gaussian blur.</summary>
    /// <param name="sigma">Standard deviation in pixels, at least 0; 0 changes nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">The standard deviation is negative or not finite.</exception>
    public GaussianBlur(double sigma)
        => Sigma = Guard.Finite(sigma, sigma >= 0, "a standard deviation of at least 0", nameof(sigma));

    /// <summary>Standard deviation in pixels.</summary>
    public double Sigma { get; }

    /// <inheritdoc/>
    public override string Description => Settings.Text($"Gaussian blur, sigma {Sigma}");

    /// <inheritdoc/>
    protected override Tensor Degrade(Tensor images, Random random)
        => Sigma == 0 ? images.clone() : SeparableFilter.GaussianBlur(images, Sigma);
}

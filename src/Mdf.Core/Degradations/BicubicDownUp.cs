using Mdf.Imaging;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>
/// Makes images smaller and then larger again, both by MATLAB's bicubic kernel (<see cref="Resize"/>): the loss of super-resolution at
/// the size of the original. The result overshoots at edges, and is neither clipped nor rounded.
/// </summary>
public sealed class BicubicDownUp : Degradation
{
    /// <summary>Downsampling and upsampling.</summary>
    /// <param name="factor">How many times smaller each way the image is in between, at least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is below 2.</exception>
    public BicubicDownUp(int factor) => Factor = Settings.RequireFactor(factor, nameof(factor));

    /// <summary>How many times smaller each way the image is in between.</summary>
    public int Factor { get; }

    /// <inheritdoc/>
    public override string Description => $"bicubic down and up x{Factor}";

    /// <inheritdoc/>
    protected override Tensor Degrade(Tensor images, Random random)
    {
        // A side that the factor does not divide comes back longer, with every pixel where it was.
        Tensor large = Resize.Bicubic(Resize.Bicubic(images, 1.0 / Factor), (double)Factor);
        return large.narrow(2, 0, images.shape[2]).narrow(3, 0, images.shape[3]);
    }
}

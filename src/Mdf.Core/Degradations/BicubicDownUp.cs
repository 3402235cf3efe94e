using Mdf.Imaging;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>
/// Shrinks images and enlarges them again, both with MATLAB's bicubic kernel (<see cref="Resize"/>): the quality loss of super-resolution
/// at the original size. The result overshoots at edges and is neither clipped nor rounded.
/// </summary>
public sealed class BicubicDownUp : Degradation
{
    /// <summary>Creates the degradation.</summary>
    /// <param name="factor">Factor by which both sides of the image are shrunk and enlarged, at least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is below 2.</exception>
    public BicubicDownUp(int factor) => Factor = Settings.Factor(factor, nameof(factor));

    /// <summary>Factor by which both sides of the image are shrunk and enlarged.</summary>
    public int Factor { get; }

    /// <inheritdoc/>
    public override string Description => $"bicubic down and up x{Factor}";

    /// <inheritdoc/>
    protected override Tensor Degrade(Tensor images, Random random)
    {
        // A side that the factor does not divide is longer after enlarging, with the pixels still in place, so the excess is cut off.
        Tensor large = Resize.Bicubic(Resize.Bicubic(images, 1.0 / Factor), (double)Factor);
        return large.narrow(2, 0, images.shape[2]).narrow(3, 0, images.shape[3]);
    }
}

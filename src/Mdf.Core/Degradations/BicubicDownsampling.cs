using Mdf.Imaging;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>
/// Shrinks images with MATLAB's antialiased bicubic kernel (<see cref="Resize"/>), as super-resolution benchmarks do. The result overshoots
/// at edges and is neither clipped nor rounded.
/// </summary>
public sealed class BicubicDownsampling : Degradation
{
    /// <summary>Creates the degradation.</summary>
    /// <param name="factor">
    /// Factor by which both sides of the image are shrunk, at least 2. Sides that the factor does not divide are rounded up.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is below 2.</exception>
    public BicubicDownsampling(int factor) => Factor = Settings.Factor(factor, nameof(factor));

    /// <summary>Factor by which both sides of the image are shrunk.</summary>
    public int Factor { get; }

    /// <inheritdoc/>
    public override string Description => $"bicubic downsampling x{Factor}";

    /// <inheritdoc/>
    protected override Tensor Degrade(Tensor images, Random random) => Resize.Bicubic(images, 1.0 / Factor);
}

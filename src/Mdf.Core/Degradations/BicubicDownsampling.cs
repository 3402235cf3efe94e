using Mdf.Imaging;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>
/// Makes images smaller by MATLAB's antialiased bicubic kernel (<see cref="Resize"/>), as super-resolution benchmarks do. The result is
/// smaller, overshoots at edges, and is neither clipped nor rounded.
/// </summary>
public sealed class BicubicDownsampling : Degradation
{
    /// <summary>Downsampling.</summary>
    /// <param name="factor">How many times smaller each way, at least 2; sides that it does not divide are rounded up.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is below 2.</exception>
    public BicubicDownsampling(int factor) => Factor = Settings.RequireFactor(factor, nameof(factor));

    /// <summary>How many times smaller each way.</summary>
    public int Factor { get; }

    /// <inheritdoc/>
    public override string Description => $"bicubic downsampling x{Factor}";

    /// <inheritdoc/>
    protected override Tensor Degrade(Tensor images, Random random) => Resize.Bicubic(images, 1.0 / Factor);
}

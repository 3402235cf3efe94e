using Mdf.Imaging;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>
/// Blurs images by shrinking and enlarging them, both bilinearly, as in Figure 1 of the supplement of Mustafa et al., WACV 2022, where the
/// factor is 4.
/// </summary>
public sealed class DownUpBlur : Degradation
{
    /// <summary>Creates the degradation.</summary>
    /// <param name="factor">
    /// Factor by which both sides of the image are shrunk and enlarged, at least 2. Sides that the factor does not divide are rounded up.
    /// Default: 4.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is below 2.</exception>
    public DownUpBlur(int factor = 4) => Factor = Settings.Factor(factor, nameof(factor));

    /// <summary>Factor by which both sides of the image are shrunk and enlarged.</summary>
    public int Factor { get; }

    /// <summary>
    /// Shrinks with antialiasing: all pixels are averaged, so the blur has no aliasing artefacts. Default: true; the supplement does not
    /// specify it.
    /// </summary>
    public bool Antialias { get; init; } = true;

    /// <inheritdoc/>
    public override string Description => $"bilinear down and up x{Factor}" + (Antialias ? "" : ", aliased");

    /// <inheritdoc/>
    protected override Tensor Degrade(Tensor images, Random random)
    {
        int height = (int)images.shape[2], width = (int)images.shape[3];
        Tensor small = Resize.Bilinear(images, (height + Factor - 1) / Factor, (width + Factor - 1) / Factor, Antialias);
        return Resize.Bilinear(small, height, width);
    }
}

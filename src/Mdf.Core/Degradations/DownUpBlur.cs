using Mdf.Imaging;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>
/// Blur by making images smaller and then larger again, both bilinearly: the blur of Figure 1 in the supplement of Mustafa et al., WACV
/// 2022, where the factor is 4.
/// </summary>
public sealed class DownUpBlur : Degradation
{
    /// <summary>Downsampling and upsampling.</summary>
    /// <param name="factor">
    /// How many times smaller each way the image is in between, at least 2; sides it does not divide are rounded up.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is below 2.</exception>
    public DownUpBlur(int factor = 4) => Factor = Settings.RequireFactor(factor, nameof(factor));

    /// <summary>How many times smaller each way the image is in between.</summary>
    public int Factor { get; }

    /// <summary>
    /// Whether downsampling averages all pixels (antialiasing), which blurs without aliases. Default: true; the supplement does not say.
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

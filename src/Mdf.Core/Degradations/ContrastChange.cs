using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>Stretches values about the image's mean colour: <c>mean + factor (x - mean)</c>, the mean being each channel's.</summary>
/// <remarks>One of the distortions of Figures 7 and 8 in the supplement of Mustafa et al., WACV 2022.</remarks>
public sealed class ContrastChange : Degradation
{
    /// <summary>A change of contrast.</summary>
    /// <param name="factor">What contrast is multiplied by, at least 0: 1 changes nothing, less than 1 flattens.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is negative or not finite.</exception>
    public ContrastChange(double factor) => Factor = Settings.Require(factor, factor >= 0, "a factor of at least 0", nameof(factor));

    /// <summary>What contrast is multiplied by.</summary>
    public double Factor { get; }

    /// <summary>Whether results are clipped to [0, 1]. Default: false.</summary>
    public bool Clip { get; init; }

    /// <inheritdoc/>
    public override string Description => Settings.Text($"contrast times {Factor}") + (Clip ? ", clipped" : "");

    /// <inheritdoc/>
    protected override Tensor Degrade(Tensor images, Random random)
    {
        Tensor mean = images.mean([2, 3], keepdim: true);
        return Clipped(mean.Plus((images - mean).Times(Factor)), Clip);
    }
}

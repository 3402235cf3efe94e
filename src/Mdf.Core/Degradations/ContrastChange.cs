using Mdf.Guards;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>
/// Scales each value's distance from the mean of its channel: <c>mean + factor (x - mean)</c>. Each channel of each image has its own mean.
/// </summary>
/// <remarks>One of the distortions in Figures 7 and 8 of the supplement of Mustafa et al., WACV 2022.</remarks>
public sealed class ContrastChange : Degradation
{
    /// <summary>Creates a change of contrast.</summary>
    /// <param name="factor">Factor of the contrast, at least 0; 1 changes nothing, and less than 1 reduces the contrast.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is negative or not finite.</exception>
    public ContrastChange(double factor) => Factor = Guard.Finite(factor, factor >= 0, "a factor of at least 0", nameof(factor));

    /// <summary>Factor of the contrast.</summary>
    public double Factor { get; }

    /// <summary>Clips results to [0, 1]. Default: false.</summary>
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

using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>
/// An image x moved towards its spoilt version d(x): <c>x + weight (d(x) - x)</c>. The root mean square error is the degradation's times
/// the weight, so that a degradation of coarse steps, like JPEG with its whole-numbered quality, can have any PSNR.
/// </summary>
public sealed class Blend : Degradation
{
    /// <summary>Blends.</summary>
    /// <param name="degradation">The degradation d; it must keep the size of images.</param>
    /// <param name="weight">0 (nothing changes) to 1 (the degradation itself); above 1 its errors are exaggerated.</param>
    /// <exception cref="ArgumentOutOfRangeException">The weight is negative or not finite.</exception>
    public Blend(Degradation degradation, double weight)
    {
        ArgumentNullException.ThrowIfNull(degradation);
        Degradation = degradation;
        Weight = Settings.Require(weight, weight >= 0, "a weight of at least 0", nameof(weight));
    }

    /// <summary>The degradation d.</summary>
    public Degradation Degradation { get; }

    /// <summary>The share of its errors.</summary>
    public double Weight { get; }

    /// <inheritdoc/>
    public override string Description => Settings.Text($"{Weight} of ({Degradation.Description})");

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The degradation changed the size.</exception>
    protected override Tensor Degrade(Tensor images, Random random)
        => images.Plus((Degradation.ApplyKeepingSize(images, random) - images).Times(Weight));
}

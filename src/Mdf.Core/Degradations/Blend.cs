using Mdf.Guards;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>
/// Interpolates between an image x and its degraded version d(x): <c>x + weight (d(x) - x)</c>. The root mean square error is proportional
/// to the weight, so that even a degradation with coarse steps, such as JPEG with its integer quality, can reach any PSNR.
/// </summary>
public sealed class Blend : Degradation
{
    /// <summary>Creates a blend of the image and its degraded version.</summary>
    /// <param name="degradation">Degradation d, which must keep the images' size.</param>
    /// <param name="weight">
    /// Weight of the degradation's errors, at least 0. With 0 nothing changes, with 1 the result is d(x), and above 1 the errors are
    /// exaggerated.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The weight is negative or not finite.</exception>
    public Blend(Degradation degradation, double weight)
    {
        ArgumentNullException.ThrowIfNull(degradation);
        Degradation = degradation;
        Weight = Guard.Finite(weight, weight >= 0, "a weight of at least 0", nameof(weight));
    }

    /// <summary>Degradation d.</summary>
    public Degradation Degradation { get; }

    /// <summary>Weight of the degradation's errors.</summary>
    public double Weight { get; }

    /// <inheritdoc/>
    public override string Description => Settings.Text($"{Weight} of ({Degradation.Description})");

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The degradation changed the images' size.</exception>
    protected override Tensor Degrade(Tensor images, Random random)
        => images.Plus((Degradation.ApplyKeepingSize(images, random) - images).Times(Weight));
}

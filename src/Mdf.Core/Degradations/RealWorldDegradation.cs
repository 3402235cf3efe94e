using Mdf.Degradations.RealWorld;
using Mdf.Guards;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>
/// Spoils images as photographs in the wild are spoiled: random blurs, resizing, noise and JPEG one after another, drawn anew for each
/// image, as blind super-resolution networks are trained with. Images have three channels or one.
/// </summary>
/// <remarks>
/// Values are rounded to 8 bits at the end. Patches should be large (a hundred pixels or more), because blurs reach across borders.
/// </remarks>
public sealed class RealWorldDegradation : Degradation
{
    private readonly string name;
    private readonly Func<Random, int, long, long, IEnumerable<DrawnStep>> draw;

    private RealWorldDegradation(string name, int scale, Func<Random, int, long, long, IEnumerable<DrawnStep>> draw)
    {
        Guard.Require(scale is >= 1 and <= 8, scale, "1 to 8", nameof(scale));
        this.name = name;
        this.draw = draw;
        Scale = scale;
    }

    /// <summary>Factor by which results are smaller; 1 keeps the size.</summary>
    public int Scale { get; }

    /// <inheritdoc/>
    public override string Description => $"{name}, x{Scale}";

    /// <summary>
    /// Creates the degradation of BSRGAN: two Gaussian blurs (round or not), two reductions, noise (coloured, grey or correlated between
    /// channels, sigma 2 to 25) and JPEG (quality 30 to 95) in random order, and JPEG at the end. The camera's noise model is left out.
    /// </summary>
    /// <remarks>Zhang et al., "Designing a Practical Degradation Model for Deep Blind Image Super-Resolution", ICCV 2021.</remarks>
    /// <param name="scale">Factor by which results are smaller, 1 to 8. Default: 4.</param>
    /// <returns>The degradation.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The scale is out of its range.</exception>
    public static RealWorldDegradation Bsrgan(int scale = 4) => new("BSRGAN", scale, BsrganChain.Draw);

    /// <summary>
    /// Creates the degradation of Real-ESRGAN: blur (six kinds of kernels, or a sinc filter), resizing, Gaussian or Poisson noise and JPEG,
    /// twice, with a sinc filter at the end, by the published probabilities and ranges.
    /// </summary>
    /// <remarks>
    /// Wang et al., "Real-ESRGAN: Training Real-World Blind Super-Resolution with Pure Synthetic Data", ICCV Workshops 2021.
    /// </remarks>
    /// <param name="scale">Factor by which results are smaller, 1 to 8. Default: 4.</param>
    /// <returns>The degradation.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The scale is out of its range.</exception>
    public static RealWorldDegradation RealEsrgan(int scale = 4) => new("Real-ESRGAN", scale, EsrganChain.Draw);

    /// <summary>Draws the steps for one image.</summary>
    internal IReadOnlyList<DrawnStep> Draw(Random random, long height, long width) => [.. draw(random, Scale, height, width)];

    /// <inheritdoc/>
    protected override Tensor Degrade(Tensor images, Random random)
    {
        if (images.shape[1] is not (1 or 3))
        {
            throw new ArgumentException($"{name} requires images of 3 channels (RGB) or 1 (grey), got {images.shape[1]}.", nameof(images));
        }

        if (Math.Min(images.shape[2], images.shape[3]) < Scale)
        {
            throw new ArgumentException(
                $"images are {images.shape[2]} x {images.shape[3]} pixels; expected at least {Scale} each way.", nameof(images));
        }

        return EachImage(images, image =>
        {
            Tensor working = image.to(ScalarType.Float32);
            foreach (DrawnStep step in Draw(random, image.shape[2], image.shape[3]))
            {
                working = step.Apply(working, random);
            }

            return working.Within(0, 1).Times(byte.MaxValue).round().Over(byte.MaxValue).to(image.dtype);
        });
    }
}

using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>Adds one number to all values.</summary>
/// <remarks>One of the distortions of Figures 7 and 8 in the supplement of Mustafa et al., WACV 2022.</remarks>
public sealed class BrightnessChange : Degradation
{
    /// <summary>A change of brightness.</summary>
    /// <param name="offset">What is added, -1 to 1; images have values in [0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">The offset is out of range.</exception>
    public BrightnessChange(double offset)
        => Offset = Settings.Require(offset, offset is >= -1 and <= 1, "an offset of -1 to 1", nameof(offset));

    /// <summary>What is added.</summary>
    public double Offset { get; }

    /// <summary>Whether results are clipped to [0, 1]. Default: false.</summary>
    public bool Clip { get; init; }

    /// <inheritdoc/>
    public override string Description => Settings.Text($"brightness plus {Offset}") + (Clip ? ", clipped" : "");

    /// <inheritdoc/>
    protected override Tensor Degrade(Tensor images, Random random) => Clipped(images.Plus(Offset), Clip);
}

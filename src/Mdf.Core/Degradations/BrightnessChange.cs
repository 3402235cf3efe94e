using Mdf.Guards;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>Adds a constant to all values of an image.</summary>
/// <remarks>One of the distortions in Figures 7 and 8 of the supplement of Mustafa et al., WACV 2022.</remarks>
public sealed class BrightnessChange : Degradation
{
    /// <summary>Creates a change of brightness.</summary>
    /// <param name="offset">Constant to add, -1 to 1; images have values in [0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">The offset is out of range.</exception>
    public BrightnessChange(double offset)
        => Offset = Guard.Finite(offset, offset is >= -1 and <= 1, "an offset of -1 to 1", nameof(offset));

    /// <summary>Constant that is added to all values.</summary>
    public double Offset { get; }

    /// <summary>Clips results to [0, 1]. Default: false.</summary>
    public bool Clip { get; init; }

    /// <inheritdoc/>
    public override string Description => Settings.Text($"brightness plus {Offset}") + (Clip ? ", clipped" : "");

    /// <inheritdoc/>
    protected override Tensor Degrade(Tensor images, Random random) => Clipped(images.Plus(Offset), Clip);
}

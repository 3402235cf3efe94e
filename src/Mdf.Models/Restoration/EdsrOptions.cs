using static Mdf.Models.Layers;

namespace Mdf.Models.Restoration;

/// <summary>Architecture of an <see cref="Edsr"/>. The defaults give the baseline network for x4 super-resolution.</summary>
public sealed record EdsrOptions : RestorationOptions
{
    /// <summary>Factor by which height and width are enlarged, 2 to 4. Default: 4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Scale { get; init => field = Require(value, 2, 4, nameof(Scale)); } = 4;

    /// <summary>Number of residual blocks, 1 to 1024. Default: 16; the full network has 32.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Blocks { get; init => field = Require(value, 1, 1024, nameof(Blocks)); } = 16;

    /// <summary>Number of channels of each feature map, 1 to 4096. Default: 64; the full network has 256.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Width { get; init => field = Require(value, 1, 4096, nameof(Width)); } = 64;

    /// <summary>
    /// Factor of the residual branch of each block, above 0 and up to 1. Default: 1; the full network uses 0.1, which stabilises its
    /// training.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double ResidualScale
    {
        get;
        init => field = value is > 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(ResidualScale), FormattableString.Invariant($"Expected a value above 0 and up to 1, got {value}."));
    } = 1;

    /// <inheritdoc/>
    public override long ParameterCount
        => (2 * ConvolutionParameters(Edsr.ColorChannels, Edsr.ColorChannels, kernelSize: 1))
        + ConvolutionParameters(Edsr.ColorChannels, Width)
        + (((2 * Blocks) + 1) * ConvolutionParameters(Width, Width))
        + UpscalingSteps(Scale).Sum(step => ConvolutionParameters(Width, Width * step * step))
        + ConvolutionParameters(Width, Edsr.ColorChannels);

    /// <inheritdoc/>
    public override Edsr Create(long seed = 0) => new(this, seed);
}

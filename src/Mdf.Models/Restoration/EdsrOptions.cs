using static Mdf.Models.Layers;

namespace Mdf.Models.Restoration;

/// <summary>The form of an <see cref="Edsr"/>. The defaults give the baseline network for super-resolution by 4.</summary>
public sealed record EdsrOptions : RestorationOptions
{
    /// <summary>How many times larger each way the result is. Default: 4. Range: 2 to 4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Scale { get; init => field = Require(value, 2, 4, nameof(Scale)); } = 4;

    /// <summary>The residual blocks. Default: 16; the full network has 32. Range: 1 to 1024.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Blocks { get; init => field = Require(value, 1, 1024, nameof(Blocks)); } = 16;

    /// <summary>The channels of every feature map. Default: 64; the full network has 256. Range: 1 to 4096.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Width { get; init => field = Require(value, 1, 4096, nameof(Width)); } = 64;

    /// <summary>
    /// What the branch of every block is multiplied by. Default: 1; the full network has 0.1, which keeps its training stable. Range:
    /// above 0, up to 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double ResidualScale
    {
        get;
        init => field = value is > 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(ResidualScale), FormattableString.Invariant($"Expected more than 0, up to 1, got {value}."));
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

using static Mdf.Models.Layers;

namespace Mdf.Models.Restoration;

/// <summary>Architecture of an <see cref="MsrResNet"/>. The defaults give the published network for x4 super-resolution.</summary>
public sealed record MsrResNetOptions : RestorationOptions
{
    /// <summary>Factor by which height and width are enlarged, 2 to 4. Default: 4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Scale { get; init => field = Require(value, 2, 4, nameof(Scale)); } = 4;

    /// <summary>Number of residual blocks, 1 to 1024. Default: 16.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Blocks { get; init => field = Require(value, 1, 1024, nameof(Blocks)); } = 16;

    /// <summary>Number of channels of each feature map, 1 to 4096. Default: 64.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Width { get; init => field = Require(value, 1, 4096, nameof(Width)); } = 64;

    /// <inheritdoc/>
    public override long ParameterCount
        => ConvolutionParameters(MsrResNet.ColorChannels, Width)
        + (((2 * Blocks) + 1) * ConvolutionParameters(Width, Width))
        + UpscalingSteps(Scale).Sum(step => ConvolutionParameters(Width, Width * step * step))
        + ConvolutionParameters(Width, MsrResNet.ColorChannels);

    /// <inheritdoc/>
    public override MsrResNet Create(long seed = 0) => new(this, seed);
}

using static Mdf.Models.Layers;

namespace Mdf.Models.Restoration;

/// <summary>Architecture of an <see cref="SrResNet"/>. The defaults give the published network.</summary>
public sealed record SrResNetOptions : RestorationOptions
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
    {
        get
        {
            const int slope = 1;
            long normalization = 2 * Width;
            long normalized = ConvolutionParameters(Width, Width) + normalization;
            return ConvolutionParameters(SrResNet.ColorChannels, Width, SrResNet.OuterKernelSize) + slope
                + (Blocks * ((2 * normalized) + slope)) + normalized
                + UpscalingSteps(Scale).Sum(step => ConvolutionParameters(Width, Width * step * step) + slope)
                + ConvolutionParameters(Width, SrResNet.ColorChannels, SrResNet.OuterKernelSize);
        }
    }

    /// <inheritdoc/>
    public override SrResNet Create(long seed = 0) => new(this, seed);
}

using static Mdf.Models.Layers;

namespace Mdf.Models.Restoration;

/// <summary>Architecture of a <see cref="DnCnn"/>. The defaults give the published colour network for one noise level.</summary>
public sealed record DnCnnOptions : RestorationOptions
{
    /// <summary>Number of image channels, 1 to 64: 3 for RGB, 1 for grey. Default: 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Channels { get; init => field = Require(value, 1, 64, nameof(Channels)); } = 3;

    /// <summary>Number of convolutions, 2 to 1024. Default: 17; blind denoisers and networks for JPEG have 20.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Layers { get; init => field = Require(value, 2, 1024, nameof(Layers)); } = 17;

    /// <summary>Number of channels of each feature map, 1 to 4096. Default: 64.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Width { get; init => field = Require(value, 1, 4096, nameof(Width)); } = 64;

    /// <summary>
    /// Adds batch normalisation after the inner convolutions. Default: true. For the weights published by KAIR, where normalisation is
    /// merged into the convolutions, set this to false and <see cref="Biases"/> to true.
    /// </summary>
    public bool Normalization { get; init; } = true;

    /// <summary>Adds biases to the convolutions. Default: false, as in DnCNN-PyTorch; the networks of KAIR have biases.</summary>
    public bool Biases { get; init; }

    /// <inheritdoc/>
    public override long ParameterCount
        => ConvolutionParameters(Channels, Width, bias: Biases)
        + ((Layers - 2) * (ConvolutionParameters(Width, Width, bias: Biases) + (Normalization ? 2 * Width : 0)))
        + ConvolutionParameters(Width, Channels, bias: Biases);

    /// <inheritdoc/>
    public override DnCnn Create(long seed = 0) => new(this, seed);
}

using static Mdf.Models.Layers;

namespace Mdf.Models.Restoration;

/// <summary>The form of a <see cref="DnCnn"/>. The defaults give the published network for one noise level, in colour.</summary>
public sealed record DnCnnOptions : RestorationOptions
{
    /// <summary>The channels of images. Default: 3, RGB; 1 is grey. Range: 1 to 64.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Channels { get; init => field = Require(value, 1, 64, nameof(Channels)); } = 3;

    /// <summary>The convolutions. Default: 17; blind networks and those for JPEG have 20. Range: 2 to 1024.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Layers { get; init => field = Require(value, 2, 1024, nameof(Layers)); } = 17;

    /// <summary>The channels of every feature map. Default: 64. Range: 1 to 4096.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Width { get; init => field = Require(value, 1, 4096, nameof(Width)); } = 64;

    /// <summary>
    /// Whether the inner convolutions are followed by batch normalisation. Default: true. The weights that KAIR publishes have it merged
    /// into the convolutions: for them it is false, and <see cref="Biases"/> true.
    /// </summary>
    public bool Normalization { get; init; } = true;

    /// <summary>Whether convolutions have biases. Default: false, as in the network of SaoYan; those of KAIR have them.</summary>
    public bool Biases { get; init; }

    /// <inheritdoc/>
    public override long ParameterCount
        => ConvolutionParameters(Channels, Width, bias: Biases)
        + ((Layers - 2) * (ConvolutionParameters(Width, Width, bias: Biases) + (Normalization ? 2 * Width : 0)))
        + ConvolutionParameters(Width, Channels, bias: Biases);

    /// <inheritdoc/>
    public override DnCnn Create(long seed = 0) => new(this, seed);
}

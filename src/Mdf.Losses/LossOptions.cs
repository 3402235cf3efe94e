using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>The settings that all losses have; they are checked when a loss is made with them.</summary>
public record LossOptions
{
    /// <summary>
    /// What becomes of the images' losses: <see cref="nn.Reduction.Mean"/> over the batch (default), <see cref="nn.Reduction.Sum"/>, or
    /// <see cref="nn.Reduction.None"/>, which gives one value an image.
    /// </summary>
    public nn.Reduction Reduction { get; init; } = nn.Reduction.Mean;
}

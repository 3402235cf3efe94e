using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>Settings common to all losses. The constructor of a loss checks its settings.</summary>
public record LossOptions
{
    /// <summary>
    /// The reduction over the batch: <see cref="nn.Reduction.Mean"/> (default), <see cref="nn.Reduction.Sum"/>, or
    /// <see cref="nn.Reduction.None"/>, which returns one value for each image, (N).
    /// </summary>
    public nn.Reduction Reduction { get; init; } = nn.Reduction.Mean;
}

using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Losses;

/// <summary>A loss that can be made here.</summary>
/// <param name="Description">What it is.</param>
/// <param name="Create">Makes it, given its reduction.</param>
internal sealed record LossChoice(LossDescription Description, Func<nn.Reduction, Loss<Tensor, Tensor, Tensor>> Create)
{
    /// <summary>How its discriminators are trained, where that is done here.</summary>
    public SeedImageDescription? Discriminators { get; init; }
}

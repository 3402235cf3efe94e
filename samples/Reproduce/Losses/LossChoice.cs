using TorchSharp;
using static TorchSharp.torch;

namespace Reproduce.Losses;

/// <summary>An available loss.</summary>
/// <param name="Description">Identifies the loss.</param>
/// <param name="Create">Creates the loss with the given reduction.</param>
internal sealed record LossChoice(LossDescription Description, Func<nn.Reduction, Loss<Tensor, Tensor, Tensor>> Create)
{
    /// <summary>Training of the discriminators; null if they are not trained by this program.</summary>
    public SeedImageDescription? Discriminators { get; init; }
}

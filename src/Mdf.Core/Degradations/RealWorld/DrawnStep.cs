using static TorchSharp.torch;

namespace Mdf.Degradations.RealWorld;

/// <summary>A step of a random chain of degradations, with its settings drawn.</summary>
/// <param name="Kind">Kind of the step, for statistics.</param>
/// <param name="Value">The step's strength: standard deviation, factor, quality or cut-off.</param>
/// <param name="Apply">Degrades one image, (1, C, H, W).</param>
internal sealed record DrawnStep(string Kind, double Value, Func<Tensor, Random, Tensor> Apply)
{
    public static DrawnStep Of(string kind, double value, Degradation degradation) => new(kind, value, degradation.Apply);
}

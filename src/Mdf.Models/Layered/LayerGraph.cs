using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Models.Layered;

/// <summary>
/// A restoration network in evaluation mode as a flat list of steps. Every form of a network that does not run on libtorch is made from
/// this description, so that its architecture is written down once. The last step's result is the network's.
/// </summary>
/// <param name="Steps">The steps in the order of computation.</param>
internal sealed record LayerGraph(IReadOnlyList<LayerStep> Steps)
{
    /// <summary>
    /// Merges batch normalisation into the convolutions before it. A normalisation of a value that other steps also take stays.
    /// </summary>
    /// <returns>The merged graph. New tensors belong to the caller's dispose scope; all others are this graph's.</returns>
    public LayerGraph Folded()
    {
        using var noGradient = no_grad();
        var uses = Steps.SelectMany(step => step.Inputs).CountBy(value => value).ToDictionary();
        var steps = new List<LayerStep>();
        var numbers = new List<int> { 0 };
        for (int i = 0; i < Steps.Count; i++)
        {
            // A step's input is the result of the step before it if it has that number, which is i.
            if (Steps[i] is NormalizationStep norm && norm.Input == i && uses[i] == 1 && steps is [.., ConvolutionStep before])
            {
                steps[^1] = Merged(before, norm);
            }
            else
            {
                steps.Add(Steps[i].Renumbered(value => numbers[value]));
            }

            numbers.Add(steps.Count);
        }

        return new LayerGraph(steps);
    }

    // In float64: a merged network differs from the original only by the rounding of its weights.
    private static ConvolutionStep Merged(ConvolutionStep convolution, NormalizationStep norm)
    {
        using var scope = NewDisposeScope();
        ScalarType type = convolution.Weight.dtype;
        Tensor factor = Wide(norm.Weight).div(Wide(norm.Variance).Plus(norm.Epsilon).sqrt());
        Tensor mean = convolution.Bias is null ? Wide(norm.Mean) : Wide(norm.Mean).sub(Wide(convolution.Bias));
        return convolution with
        {
            Weight = Wide(convolution.Weight).mul(factor.reshape(-1, 1, 1, 1)).to(type).MoveToOuterDisposeScope(),
            Bias = Wide(norm.Bias).sub(mean.mul(factor)).to(type).MoveToOuterDisposeScope(),
        };
    }

    private static Tensor Wide(Tensor tensor) => tensor.to(ScalarType.Float64);
}

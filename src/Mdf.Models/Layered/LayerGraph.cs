using Mdf.TorchCompatibility;
using TorchSharp.Modules;

namespace Mdf.Models.Layered;

/// <summary>
/// A network as a list of steps, read from its modules. Forms of the network that do not run on libtorch are made from this description.
/// </summary>
internal sealed class LayerGraph
{
    private readonly List<LayerStep> steps = [];

    /// <summary>Number of the value that holds the image.</summary>
    public const int Image = 0;

    /// <summary>The steps in the order of computation. The last one computes the result.</summary>
    public IReadOnlyList<LayerStep> Steps => steps;

    /// <summary>Adds a step.</summary>
    /// <returns>Number of the value that the step computes.</returns>
    public int Add(LayerStep step)
    {
        steps.Add(step);
        return steps.Count;
    }

    /// <summary>Adds a convolution.</summary>
    public int Add(int input, Conv2d layer) => Add(new ConvolutionStep(input, layer.weight, layer.bias, (int)(layer.weight.shape[2] / 2)));

    /// <summary>Adds a convolution to an image.</summary>
    public int Add(int input, ImageConvolution layer) =>
        Add(new ConvolutionStep(input, layer.Weight, layer.Bias, (int)(layer.Weight.shape[2] / 2)));

    /// <summary>Adds a batch normalisation.</summary>
    public int Add(int input, BatchNorm2d layer) => Add(
        new NormalizationStep(input, layer.weight!, layer.bias!, layer.running_mean!, layer.running_var!, layer.eps));

    /// <summary>Adds a PReLU.</summary>
    public int Add(int input, PReLU layer) => Add(new ParametricActivationStep(input, layer.weight));

    /// <summary>Returns the numbers of the steps that read a value.</summary>
    public IReadOnlyList<int> Readers(int value) =>
        [.. steps.Index().Where(s => s.Item.Input == value || (s.Item is SumStep sum && sum.Other == value)).Select(s => s.Index)];
}

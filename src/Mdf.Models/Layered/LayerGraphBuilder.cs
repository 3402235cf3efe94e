using Mdf.TorchCompatibility;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Models.Layered;

/// <summary>Collects the steps of a <see cref="LayerGraph"/> from the modules of a network.</summary>
internal sealed class LayerGraphBuilder
{
    private readonly List<LayerStep> steps = [];

    /// <summary>Returns the description of all steps so far.</summary>
    public LayerGraph Build() => new([.. steps]);

    /// <summary>Appends a step.</summary>
    /// <returns>Number of the step's result.</returns>
    public int Add(LayerStep step)
    {
        if (step.Inputs.Any(value => value < 0 || value > steps.Count))
        {
            throw new ArgumentException(
                $"{step.GetType().Name} takes the values {string.Join(", ", step.Inputs)}; the last value so far is {steps.Count}.",
                nameof(step));
        }

        steps.Add(step);
        return steps.Count;
    }

    /// <summary>Appends the steps of a module.</summary>
    /// <param name="module">A layer of the library's networks, or a sequence of them.</param>
    /// <param name="input">Number of the value that the module takes.</param>
    /// <returns>Number of the module's result.</returns>
    /// <exception cref="NotSupportedException">The module has no description.</exception>
    public int Apply(Module<Tensor, Tensor> module, int input) => module switch
    {
        ILayered layered => layered.Describe(this, input),
        Sequential sequence when sequence.GetType() == typeof(Sequential) =>
            sequence.children().Aggregate(input, (value, child) => Apply(Known(child), value)),
        ImageConvolution convolution => Add(new ConvolutionStep(input, convolution.Weight, convolution.Bias, convolution.Padding)),
        Conv2d convolution when IsPlain(convolution) =>
            Add(new ConvolutionStep(input, convolution.weight, convolution.bias, Padding(convolution))),
        SafeBatchNorm2d norm =>
            Add(new NormalizationStep(input, norm.Weight, norm.Bias, norm.Mean, norm.Variance, norm.Epsilon)),
        BatchNorm2d { weight: { } weight, bias: { } bias, running_mean: { } mean, running_var: { } variance } norm =>
            Add(new NormalizationStep(input, weight, bias, mean, variance, norm.eps)),
        ReLU _ => Add(new ReluStep(input)),
        PReLU activation => Add(new PReluStep(input, activation.weight!)),
        MaxPool2d pool when IsHalving(pool) => Add(new MaxPoolStep(input)),
        PixelShuffle shuffle => Add(new PixelShuffleStep(input, checked((int)shuffle.upscale_factor))),
        _ => throw Unknown(module),
    };

    private static Module<Tensor, Tensor> Known(Module module) => module as Module<Tensor, Tensor> ?? throw Unknown(module);

    private static NotSupportedException Unknown(Module module) => new(
        $"The layer {module.GetType().Name} has no description as a step; expected a convolution without stride, dilation and groups, "
        + "batch normalisation with weights and running statistics, ReLU, PReLU, pixel shuffle or max pooling of 2 x 2 positions.");

    private static bool IsPlain(Conv2d convolution) =>
        convolution.groups == 1
        && convolution.padding_mode == TorchSharp.PaddingModes.Zeros
        && convolution.stride!.All(s => s == 1)
        && convolution.dilation!.All(d => d == 1)
        && convolution.padding is { Length: > 0 } padding && padding.All(p => p == padding[0]);

    private static bool IsHalving(MaxPool2d pool) =>
        !pool.ceil_mode
        && pool.kernel_size.All(k => k == 2)
        && pool.stride is { Length: > 0 } stride && stride.All(s => s == 2)
        && (pool.padding ?? []).All(p => p == 0)
        && (pool.dilation ?? []).All(d => d == 1);

    private static int Padding(Conv2d convolution) => checked((int)convolution.padding![0]);
}

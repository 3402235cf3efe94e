using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Models.Simd;

/// <summary>A convolution for training from many channels to many, by minimal filtering.</summary>
/// <param name="inputs">Number of input channels, a multiple of <see cref="MatrixProduct.Columns"/>.</param>
/// <param name="outputs">Number of output channels, a multiple of <see cref="MatrixProduct.Columns"/>.</param>
internal sealed unsafe class WideTrainedConvolution(int inputs, int outputs) : ITrainedConvolution
{
    private readonly WinogradConvolution forward = new(inputs, outputs);
    private readonly WinogradConvolution backward = new(outputs, inputs);
    private readonly WinogradWeightGradient gradient = new(inputs, outputs);

    /// <inheritdoc/>
    public void Begin(Tensor weight)
    {
        using var scope = NewDisposeScope();
        forward.Set(weight);
        backward.Set(Layers.Flipped(weight));
        gradient.Clear();
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor input) => Run(forward, input, outputs, default);

    /// <inheritdoc/>
    public Tensor Backward(Tensor output) => Run(backward, output, inputs, new Margins(TrainedConvolution.Shrink));

    /// <inheritdoc/>
    public void AddWeightGradient(Tensor input, Tensor output)
    {
        using var scope = NewDisposeScope();
        (Tensor before, Tensor behind) = (input.WithChannelsLast(), output.WithChannelsLast());
        gradient.Add(TrainedConvolution.Map(before), TrainedConvolution.Map(behind), (int)input.shape[0]);
    }

    /// <inheritdoc/>
    public void CopyGradientTo(Tensor target) => gradient.CopyTo(target);

    private static Tensor Run(WinogradConvolution convolution, Tensor input, int channels, Margins margins)
    {
        using var scope = NewDisposeScope();
        Tensor output = TrainedConvolution.Result(input, channels, margins.Top + margins.Bottom - TrainedConvolution.Shrink);
        var epilogue = new PlainStore(TrainedConvolution.Map(output).Start);
        convolution.Run(TrainedConvolution.Map(input.WithChannelsLast()), (int)input.shape[0], margins, epilogue);
        return output.MoveToOuterDisposeScope();
    }
}

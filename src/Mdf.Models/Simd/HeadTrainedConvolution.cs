using static TorchSharp.torch;

namespace Mdf.Models.Simd;

/// <summary>A convolution for training from few channels to many: a network's first.</summary>
internal sealed unsafe class HeadTrainedConvolution : ITrainedConvolution
{
    private readonly PatchConvolution forward;
    private readonly DotConvolution backward;
    private readonly PatchWeightGradient gradient;
    private readonly int inputs;
    private readonly int outputs;

    /// <summary>Creates a convolution for weights (outputs, inputs, 3, 3).</summary>
    public HeadTrainedConvolution(Tensor weight)
    {
        using var scope = NewDisposeScope();
        (outputs, inputs) = ((int)weight.shape[0], (int)weight.shape[1]);
        (forward, backward) = (new PatchConvolution(weight), new DotConvolution(Layers.Flipped(weight), bias: null));
        gradient = new PatchWeightGradient(inputs, outputs);
    }

    /// <inheritdoc/>
    public void Begin(Tensor weight)
    {
        using var scope = NewDisposeScope();
        forward.Set(weight);
        backward.Set(Layers.Flipped(weight), bias: null);
        gradient.Clear();
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor input) => TrainedConvolution.ForEach(
        input, outputs, -TrainedConvolution.Shrink, (source, target) => forward.Run(source, new PlainStore(target.Start)));

    /// <inheritdoc/>
    public Tensor Backward(Tensor output) => TrainedConvolution.ForEach(
        output,
        inputs,
        TrainedConvolution.Shrink,
        (source, target) => backward.Run(source, new Margins(TrainedConvolution.Shrink), target));

    /// <inheritdoc/>
    public void AddWeightGradient(Tensor input, Tensor output) => TrainedConvolution.ForEach(input, output, gradient.Add);

    /// <inheritdoc/>
    public void CopyGradientTo(Tensor target)
    {
        using var scope = NewDisposeScope();
        target.copy_(gradient.Taps().permute(3, 2, 0, 1));
    }
}

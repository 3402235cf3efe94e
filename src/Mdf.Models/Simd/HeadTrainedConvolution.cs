using Mdf.TorchCompatibility;
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
    public Tensor Forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor output = TrainedConvolution.Result(input, outputs, -TrainedConvolution.Shrink);
        (FeatureMap source, FeatureMap target) = (TrainedConvolution.Map(input.WithChannelsLast()), TrainedConvolution.Map(output));
        for (int image = 0; image < input.shape[0]; image++)
        {
            forward.Run(source.Image(image), new PlainStore(target.Image(image).Start));
        }

        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Backward(Tensor output)
    {
        using var scope = NewDisposeScope();
        Tensor input = TrainedConvolution.Result(output, inputs, TrainedConvolution.Shrink);
        (FeatureMap source, FeatureMap target) = (TrainedConvolution.Map(output.WithChannelsLast()), TrainedConvolution.Map(input));
        for (int image = 0; image < output.shape[0]; image++)
        {
            backward.Run(source.Image(image), new Margins(TrainedConvolution.Shrink), target.Image(image));
        }

        return input.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void AddWeightGradient(Tensor input, Tensor output)
    {
        using var scope = NewDisposeScope();
        (Tensor few, Tensor wide) = (input.WithChannelsLast(), output.WithChannelsLast());
        (FeatureMap before, FeatureMap behind) = (TrainedConvolution.Map(few), TrainedConvolution.Map(wide));
        for (int image = 0; image < input.shape[0]; image++)
        {
            gradient.Add(before.Image(image), behind.Image(image));
        }
    }

    /// <inheritdoc/>
    public void CopyGradientTo(Tensor target)
    {
        using var scope = NewDisposeScope();
        target.copy_(gradient.Taps().permute(3, 2, 0, 1));
    }
}

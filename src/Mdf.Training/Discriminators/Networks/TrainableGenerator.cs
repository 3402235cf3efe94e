using Mdf.Models.Adversarial;
using Mdf.TorchCompatibility;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Training.Discriminators.Networks;

/// <summary>Runs a generator's forward and backward pass with hand-written gradients, in training mode.</summary>
internal sealed class TrainableGenerator : IDisposable
{
    private readonly TrainableBlock[] blocks;
    private readonly TrainableConvolution tail;
    private readonly int margin;

    /// <summary>Wraps a generator.</summary>
    /// <param name="generator">The network.</param>
    /// <param name="precision">
    /// Type of the multiplications in head and body; null for the parameters' own type. The tail always uses the parameters' own type.
    /// </param>
    public TrainableGenerator(MdfGenerator generator, ScalarType? precision = null)
    {
        blocks = TrainableBlocks.Of(generator, generator.BodyBlocks, precision);
        Parameter weight = generator.get_parameter("tail.0.weight")!;
        Parameter bias = generator.get_parameter("tail.0.bias")!;
        tail = new TrainableConvolution(weight, bias, weight.dtype, usesKernels: precision is null or ScalarType.Float32);
        margin = generator.Margin;
    }

    /// <summary>Zeroes the gradients and takes over the current parameters.</summary>
    public void Begin()
    {
        TrainableBlocks.Begin(blocks);
        tail.Begin();
    }

    /// <summary>
    /// Generates an image. The returned function adds to the parameters' gradients, given the gradient with respect to the image.
    /// </summary>
    public (Tensor Image, Action<Tensor> Backward) Forward(Tensor input, Tensor skip)
    {
        BlockPass[] passes = TrainableBlocks.Forward(blocks, input);
        Tensor made = tail.Forward(passes[^1].Output).tanh_();
        Tensor middle = skip.narrow(2, margin, made.shape[2]).narrow(3, margin, made.shape[3]);
        return (made.Plus(middle), gradient => Backward(passes, made, gradient));
    }

    /// <summary>Assigns the gradients to the parameters.</summary>
    public void End()
    {
        TrainableBlocks.End(blocks);
        tail.End(withBias: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        TrainableBlocks.Dispose(blocks);
        tail.Dispose();
    }

    private void Backward(BlockPass[] passes, Tensor made, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        Tensor before = (gradient * made.Squared().Minus(1).neg()).WithChannelsLast();
        tail.AddWeightGradient(passes[^1].Output, before);
        tail.AddBiasGradient(before);
        TrainableBlocks.Backward(passes, tail.Backward(before), wantsWeights: true, wantsInput: false);
    }
}

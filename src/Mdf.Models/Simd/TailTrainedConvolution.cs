using static TorchSharp.torch;

namespace Mdf.Models.Simd;

/// <summary>A convolution for training from many channels to few: a network's last.</summary>
internal sealed unsafe class TailTrainedConvolution : ITrainedConvolution
{
    private readonly DotConvolution forward;
    private readonly PatchConvolution backward;
    private readonly PatchWeightGradient gradient;
    private readonly int inputs;
    private readonly int outputs;

    /// <summary>Creates a convolution for weights (outputs, inputs, 3, 3).</summary>
    public TailTrainedConvolution(Tensor weight)
    {
        using var scope = NewDisposeScope();
        (outputs, inputs) = ((int)weight.shape[0], (int)weight.shape[1]);
        (forward, backward) = (new DotConvolution(weight, bias: null), new PatchConvolution(Layers.Flipped(weight)));
        gradient = new PatchWeightGradient(outputs, inputs);
    }

    /// <inheritdoc/>
    public void Begin(Tensor weight)
    {
        using var scope = NewDisposeScope();
        forward.Set(weight, bias: null);
        backward.Set(Layers.Flipped(weight));
        gradient.Clear();
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor input) => TrainedConvolution.ForEach(
        input, outputs, -TrainedConvolution.Shrink, (source, target) => forward.Run(source, default, target));

    /// <inheritdoc/>
    public Tensor Backward(Tensor output) => TrainedConvolution.ForEach(
        output, inputs, TrainedConvolution.Shrink, (source, target) =>
        {
            using Scratch scratch = PaddedMemory(source);
            backward.Run(Padded(source, scratch.Start), new PlainStore(target.Start));
        });

    /// <inheritdoc/>
    public void AddWeightGradient(Tensor input, Tensor output) => TrainedConvolution.ForEach(input, output, (wide, few) =>
    {
        // The nine outputs to which each input position contributes; they come in the reversed order of the kernel.
        using Scratch scratch = PaddedMemory(few);
        gradient.Add(Padded(few, scratch.Start), wide);
    });

    /// <inheritdoc/>
    public void CopyGradientTo(Tensor target)
    {
        using var scope = NewDisposeScope();
        target.copy_(gradient.Taps().flip(0, 1).permute(2, 3, 0, 1));
    }

    private static Scratch PaddedMemory(FeatureMap map) =>
        new((map.Rows + (2L * TrainedConvolution.Shrink)) * (map.Columns + (2 * TrainedConvolution.Shrink)) * map.Channels);

    // Copies a map and puts zeros around it.
    private static FeatureMap Padded(FeatureMap map, float* memory)
    {
        const int Margin = TrainedConvolution.Shrink;
        var padded = new FeatureMap(memory, map.Rows + (2 * Margin), map.Columns + (2 * Margin), map.Channels);
        new Span<float>(memory, checked((int)padded.Length)).Clear();
        for (int row = 0; row < map.Rows; row++)
        {
            int length = map.Columns * map.Channels;
            new ReadOnlySpan<float>(map.At(row, 0), length).CopyTo(new Span<float>(padded.At(row + Margin, Margin), length));
        }

        return padded;
    }
}

using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Models.Simd;

/// <summary>
/// A 3 x 3 convolution without padding whose weights change, with the gradients of its input and of its weights, in float32 by this
/// folder's kernels. Maps are channels-last tensors (N, C, H, W).
/// </summary>
internal sealed unsafe class TrainedConvolution
{
    private const int Shrink = 2;

    private readonly WinogradConvolution forward;
    private readonly WinogradConvolution backward;
    private readonly WinogradWeightGradient gradient;
    private readonly int inputs;
    private readonly int outputs;

    /// <summary>Creates a convolution without weights.</summary>
    /// <param name="inputs">Number of input channels.</param>
    /// <param name="outputs">Number of output channels.</param>
    public TrainedConvolution(int inputs, int outputs)
    {
        (this.inputs, this.outputs) = (inputs, outputs);
        (forward, backward) = (new WinogradConvolution(inputs, outputs), new WinogradConvolution(outputs, inputs));
        gradient = new WinogradWeightGradient(inputs, outputs);
    }

    /// <summary>Returns whether the kernels can compute a convolution with the given weights.</summary>
    public static bool Fits(Tensor weight) =>
        VectorDiscriminator.IsSupported
        && weight.dtype == ScalarType.Float32
        && weight.device_type == TorchSharp.DeviceType.CPU
        && weight.shape[0] % MatrixProduct.Columns == 0
        && weight.shape[1] % MatrixProduct.Columns == 0;

    /// <summary>Replaces the weights and sets their gradient to zero.</summary>
    /// <param name="weight">(outputs, inputs, 3, 3).</param>
    public void Begin(Tensor weight)
    {
        using var scope = NewDisposeScope();
        forward.Set(weight);
        backward.Set(weight.transpose(0, 1).flip(2, 3));
        gradient.Clear();
    }

    /// <summary>Convolves maps, without a bias.</summary>
    public Tensor Forward(Tensor input) => Run(forward, input, outputs, default);

    /// <summary>Returns the gradient of the input, given that of the output.</summary>
    public Tensor Backward(Tensor output) => Run(backward, output, inputs, new Margins(Shrink));

    /// <summary>Adds to the gradient of the weights.</summary>
    /// <param name="input">The convolution's input.</param>
    /// <param name="output">Gradient of the convolution's output.</param>
    public void AddWeightGradient(Tensor input, Tensor output)
    {
        using var scope = NewDisposeScope();
        gradient.Add(Map(input.WithChannelsLast()), Map(output.WithChannelsLast()), (int)input.shape[0]);
    }

    /// <summary>Copies the gradient of the weights, (outputs, inputs, 3, 3).</summary>
    public void CopyGradientTo(Tensor target) => gradient.CopyTo(target);

    private static Tensor Run(WinogradConvolution convolution, Tensor input, int channels, Margins margins)
    {
        using var scope = NewDisposeScope();
        long change = margins.Top + margins.Bottom - Shrink;
        Tensor output = TensorLayout.Allocate(
            [input.shape[0], channels, input.shape[2] + change, input.shape[3] + change], ScalarType.Float32, CPU, channelsLast: true);
        convolution.Run(Map(input.WithChannelsLast()), (int)input.shape[0], margins, new PlainStore(Map(output).Start));
        return output.MoveToOuterDisposeScope();
    }

    // Not FeatureMap.Of's strides, which mean nothing in a dimension of one.
    private static FeatureMap Map(Tensor maps) =>
        new(FeatureMap.Of(maps, 0).Start, (int)maps.shape[2], (int)maps.shape[3], (int)maps.shape[1]);
}

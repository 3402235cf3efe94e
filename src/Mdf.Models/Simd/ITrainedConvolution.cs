using static TorchSharp.torch;

namespace Mdf.Models.Simd;

/// <summary>
/// A 3 x 3 convolution without padding whose weights change, with the gradients of its input and of its weights, in float32 by this
/// folder's kernels. Maps are channels-last tensors (N, C, H, W). Results do not depend on the number of threads.
/// </summary>
internal interface ITrainedConvolution
{
    /// <summary>Replaces the weights and sets their gradient to zero.</summary>
    /// <param name="weight">(outputs, inputs, 3, 3).</param>
    void Begin(Tensor weight);

    /// <summary>Convolves maps, without a bias.</summary>
    Tensor Forward(Tensor input);

    /// <summary>Returns the gradient of the input, given that of the output.</summary>
    Tensor Backward(Tensor output);

    /// <summary>Adds to the gradient of the weights.</summary>
    /// <param name="input">The convolution's input.</param>
    /// <param name="output">Gradient of the convolution's output.</param>
    void AddWeightGradient(Tensor input, Tensor output);

    /// <summary>Copies the gradient of the weights, (outputs, inputs, 3, 3).</summary>
    void CopyGradientTo(Tensor target);
}

using static TorchSharp.torch;

namespace Mdf.Training.Discriminators.Networks;

/// <summary>
/// A pass through a block of convolution, batch normalisation in training mode and LeakyReLU, from which the gradients are computed,
/// including the second-order gradients of the gradient penalty.
/// </summary>
/// <remarks>
/// Let x be the normalised values, r the inverse deviation, g the scale and m the mean over positions. The Jacobian J of the batch
/// normalisation maps a tangent v of its input to J v = g r (v - m(v) - x m(x v)). J is symmetric, so it maps gradients from output to
/// input in the same way. Batch normalisation subtracts the mean and so cancels the convolution's bias, whose gradient is therefore zero.
/// <para>
/// A directional derivative T of the score along an image's tangent is, at the convolution's output, T = n g r a with n positions and
/// a = m(f v) - m(f) m(v) - m(x f) m(x v), where f is the gradient of the score at the activation's input and v the tangent.
/// </para>
/// </remarks>
internal abstract class BlockPass
{
    /// <summary>The block's output.</summary>
    public abstract Tensor Output { get; }

    /// <summary>Runs the backward pass and, if wanted, adds to the gradients of the parameters.</summary>
    /// <param name="gradient">Gradient with respect to the output; overwritten.</param>
    /// <param name="wantsWeights">Whether to add to the parameters' gradients.</param>
    /// <param name="wantsInput">Whether to compute the gradient with respect to the input.</param>
    /// <returns>The gradient with respect to the input; null if not wanted.</returns>
    public abstract Tensor? Backward(Tensor gradient, bool wantsWeights, bool wantsInput);

    /// <summary>Runs the backward pass to the input without parameter gradients and keeps the values for the second order.</summary>
    /// <param name="gradient">Gradient with respect to the output; kept, so it must not be overwritten.</param>
    /// <returns>The gradient with respect to the input.</returns>
    public abstract Tensor BackwardKeeping(Tensor gradient);

    /// <summary>
    /// Computes the tangent of the output for a tangent of the input (forward-mode differentiation) and keeps the tangents in between.
    /// Follows <see cref="BackwardKeeping"/>.
    /// </summary>
    /// <param name="tangent">Tangent of the input; kept.</param>
    public abstract Tensor Tangent(Tensor tangent);

    /// <summary>
    /// Runs the backward pass of a directional derivative T of the score and adds the gradients of T to the parameters' gradients. Follows
    /// <see cref="Tangent"/>.
    /// </summary>
    /// <param name="gradient">Gradient of T with respect to the block's output, overwritten; null for the last block.</param>
    /// <param name="wantsInput">Whether to compute the gradient of T with respect to the input.</param>
    /// <returns>The gradient of T with respect to the input; null if not wanted.</returns>
    public abstract Tensor? BackwardOfTangent(Tensor? gradient, bool wantsInput);
}

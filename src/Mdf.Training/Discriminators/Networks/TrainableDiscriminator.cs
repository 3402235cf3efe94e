using Mdf.Models.Adversarial;
using Mdf.TorchCompatibility;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Training.Discriminators.Networks;

/// <summary>
/// Computes a discriminator's mean score, its gradients and the gradient penalty with hand-written passes in training mode.
/// </summary>
internal sealed class TrainableDiscriminator : IDisposable
{
    private readonly TrainableBlock[] blocks;
    private readonly TrainableConvolution tail;

    /// <summary>Wraps a discriminator.</summary>
    /// <param name="discriminator">The network.</param>
    /// <param name="precision">
    /// Type of the multiplications in head and body; null for the parameters' own type. The tail always uses the parameters' own type.
    /// </param>
    public TrainableDiscriminator(MdfDiscriminator discriminator, ScalarType? precision = null)
    {
        blocks = TrainableBlocks.Of(discriminator, discriminator.BodyBlocks, precision);
        Parameter weight = discriminator.get_parameter("tail.weight")!;
        Parameter bias = discriminator.get_parameter("tail.bias")!;
        tail = new TrainableConvolution(weight, bias, weight.dtype, usesKernels: precision is null or ScalarType.Float32);
    }

    /// <summary>Zeroes the gradients and takes over the current parameters.</summary>
    public void Begin()
    {
        TrainableBlocks.Begin(blocks);
        tail.Begin();
    }

    /// <summary>Assigns the gradients to the parameters.</summary>
    public void End()
    {
        TrainableBlocks.End(blocks);
        tail.End(withBias: true);
    }

    /// <summary>Adds the gradients of <paramref name="weight"/> times the mean score to the parameters' gradients.</summary>
    /// <returns>The mean score.</returns>
    public Tensor AddScore(Tensor images, double weight)
    {
        using var scope = NewDisposeScope();
        BlockPass[] passes = TrainableBlocks.Forward(blocks, images);
        Tensor scores = tail.Forward(passes[^1].Output), gradient = scores.Filled(weight / scores.numel());
        tail.AddWeightGradient(passes[^1].Output, gradient);
        tail.AddBiasGradient(gradient);
        TrainableBlocks.Backward(passes, tail.Backward(gradient), wantsWeights: true, wantsInput: false);
        return scores.mean().MoveToOuterDisposeScope();
    }

    /// <summary>Returns the mean score, and <paramref name="weight"/> times its gradient with respect to the images.</summary>
    public (Tensor Score, Tensor Gradient) Score(Tensor images, double weight)
    {
        using var scope = NewDisposeScope();
        BlockPass[] passes = TrainableBlocks.Forward(blocks, images);
        Tensor scores = tail.Forward(passes[^1].Output);
        Tensor gradient = tail.Backward(scores.Filled(weight / scores.numel()));
        gradient = TrainableBlocks.Backward(passes, gradient, wantsWeights: false, wantsInput: true)!;
        return (scores.mean().MoveToOuterDisposeScope(), gradient.MoveToOuterDisposeScope());
    }

    /// <summary>
    /// Adds the gradients of the gradient penalty to the parameters' gradients. The penalty is <paramref name="weight"/> times the mean
    /// over pixels of (|g| - 1)^2, where g is the gradient of the sum of scores with respect to a pixel and |g| its norm over the channels.
    /// </summary>
    /// <remarks>
    /// Gulrajani et al., "Improved Training of Wasserstein GANs", 2017; the norm for each pixel is SinGAN's. Let u be the derivative of the
    /// penalty with respect to g, held constant. The gradient of the penalty with respect to the parameters is the gradient of the score's
    /// directional derivative along u. A forward-mode pass computes the tangents of this directional derivative; their gradients are those
    /// of the score, which are already known, so one more backward pass is enough.
    /// </remarks>
    /// <returns>The penalty, multiplied by the weight.</returns>
    public Tensor AddGradientPenalty(Tensor images, double weight)
    {
        using var scope = NewDisposeScope();
        BlockPass[] passes = TrainableBlocks.Forward(blocks, images);
        Tensor last = passes[^1].Output;
        Tensor one = ones([last.shape[0], 1, last.shape[2] - 2, last.shape[3] - 2], last.dtype, last.device);
        Tensor gradient = tail.Backward(one);
        for (int i = passes.Length - 1; i >= 0; i--)
        {
            gradient = passes[i].BackwardKeeping(gradient);
        }

        Tensor norm = gradient.norm(1, keepdim: true), excess = norm.Minus(1);
        Tensor penalty = excess.Squared().mean().Times(weight);
        Tensor direction = (gradient * where(norm.IsAbove(0), excess / norm, zeros_like(norm))).Times(2 * weight / norm.numel());

        Tensor change = direction.WithChannelsLast();
        foreach (BlockPass pass in passes)
        {
            change = pass.Tangent(change);
        }

        tail.AddWeightGradient(change, one);
        Tensor? back = null;
        for (int i = passes.Length - 1; i >= 0; i--)
        {
            back = passes[i].BackwardOfTangent(back, wantsInput: i > 0);
        }

        return penalty.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        TrainableBlocks.Dispose(blocks);
        tail.Dispose();
    }
}

using Mdf.Guards;
using Mdf.Losses.Features;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// Base class of the losses of this library. A loss compares restored images with reference images, both (N, C, H, W); a lower value means
/// a better match, and equal images give 0. A loss has no trainable parameters.
/// </summary>
public abstract class ImageLoss : Loss<Tensor, Tensor, Tensor>
{
    private readonly DeferredFault fault = new();
    private bool isDisposed;

    private protected ImageLoss(LossOptions options)
        : base(options.Reduction)
    {
        Guard.Defined(options.Reduction);
        base.train(false);
    }

    /// <summary>Always false: a loss is permanently in evaluation mode.</summary>
    public sealed override bool training => false;

    private protected virtual IImageRequirements Requirements => new AnyImages();

    /// <summary>Keeps the loss in evaluation mode, whatever the argument.</summary>
    /// <param name="train">Ignored.</param>
    public sealed override void train(bool train = true) => base.train(false);

    /// <summary>
    /// Computes the loss. Gradients flow to the restored images, and to the reference images if they require gradients; second derivatives
    /// are supported.
    /// </summary>
    /// <param name="restored">
    /// Restored images, (N, C, H, W), floating point in [0, 1]. Losses that use a network take RGB images with sides of at least
    /// <see cref="FeatureLoss.MinimumSide"/> pixels.
    /// </param>
    /// <param name="reference">Reference images of the same shape, type and device.</param>
    /// <returns>
    /// A scalar, or (N) with <see cref="nn.Reduction.None"/>; float64 for float64 images, else float32. 0 for equal images.
    /// </returns>
    /// <exception cref="ArgumentException">An image tensor has a wrong shape, type or device.</exception>
    /// <exception cref="ObjectDisposedException">The loss or an image tensor was disposed.</exception>
    public sealed override Tensor forward(Tensor restored, Tensor reference)
    {
        RequireUsable();
        ImageGuard.Pair(restored, reference, Requirements);
        using var scope = NewDisposeScope();
        return Reduced(PerImage(restored, reference)).MoveToOuterDisposeScope();
    }

    /// <summary>Returns each image's loss, (N), float64 for float64 images, else float32, in the caller's dispose scope.</summary>
    private protected abstract Tensor PerImage(Tensor restored, Tensor reference);

    /// <summary>Returns restored minus reference, float64 for float64 images, else float32.</summary>
    private protected static Tensor Difference(Tensor restored, Tensor reference)
    {
        ScalarType precision = restored.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        return restored.to(precision) - reference.to(precision);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            FusedGradient.ReleaseReturned();
        }

        isDisposed = true;
        base.Dispose(disposing);
    }

    private protected void RequireUsable() => ObjectDisposedException.ThrowIf(isDisposed, this);

    /// <summary>Returns whether gradients are to flow to images.</summary>
    private protected static bool Learns(Tensor images) => images.requires_grad && is_grad_enabled();

    /// <summary>Returns each image's loss in the caller's scope: by ordinary operations, or together with its gradient.</summary>
    /// <param name="restored">The restored images.</param>
    /// <param name="usesGraph">Whether ordinary operations compute the loss, which keeps their graph.</param>
    /// <param name="fused">
    /// Computes the losses and, if its argument is true, the gradient of each with respect to its image, in the type of the images.
    /// </param>
    /// <param name="graph">Computes the losses by ordinary operations.</param>
    private protected Tensor Evaluate(
        Tensor restored, bool usesGraph, Func<bool, (Tensor Losses, Tensor? Gradient)> fused, Func<Tensor, Tensor> graph)
    {
        fault.Throw();
        if (usesGraph)
        {
            return graph(restored);
        }

        bool learns = Learns(restored);
        (Tensor losses, Tensor? gradient) = fused(learns);
        return learns ? FusedGradient.Attach(restored, losses, gradient!, graph, fault) : losses;
    }

    private protected Tensor Reduced(Tensor images) => reduction switch
    {
        nn.Reduction.None => images,
        nn.Reduction.Sum => images.sum(),
        _ => images.mean(),
    };
}

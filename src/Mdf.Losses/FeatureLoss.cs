using Mdf.Guards;
using Mdf.Losses.Features;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// Base class of the losses that compare feature maps of frozen networks: <see cref="MdfLoss"/>, <see cref="VggLoss"/> and
/// <see cref="LpipsLoss"/>.
/// </summary>
/// <remarks>
/// By default <c>forward</c> computes the gradient of the restored images along with the loss, one part of the batch at a time, and
/// <c>backward</c> only scales that gradient. <see cref="Prepare"/> computes a reference's features once for many calls.
/// <c>to(device)</c> moves the networks; their weights are not parameters of the loss, so no optimizer changes them.
/// </remarks>
public abstract class FeatureLoss : ImageLoss
{
    private readonly IFeatureNetwork network;
    private readonly bool usesGraph;

    private protected FeatureLoss(LossOptions options, IFeatureNetwork network, bool usesGraph = false)
        : base(options)
    {
        this.network = network;
        this.usesGraph = usesGraph;
    }

    /// <summary>The smallest height and width that images may have, in pixels.</summary>
    public int MinimumSide => network.MinimumSide;

    private protected sealed override IImageRequirements Requirements => network;

    /// <summary>Computes the loss of restored images against a reference prepared by <see cref="Prepare"/>.</summary>
    /// <param name="restored">
    /// Restored images, (N, C, H, W), floating point in [0, 1], of the prepared reference's shape, type and device.
    /// </param>
    /// <param name="reference">The prepared reference, made by <see cref="Prepare"/> of this loss object.</param>
    /// <returns>
    /// A scalar, or (N) with <see cref="nn.Reduction.None"/>; float64 for float64 images, else float32. 0 for equal images.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The images differ from the reference in shape, type or device, or another loss prepared the reference.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The prepared reference was disposed.</exception>
    public Tensor forward(Tensor restored, PreparedReference reference)
    {
        RequireUsable();
        ImageGuard.Images(restored, nameof(restored), network);
        ArgumentNullException.ThrowIfNull(reference);
        if (reference.Owner != this)
        {
            throw new ArgumentException(
                "reference was prepared by another loss; expected one from this loss's own Prepare method.", nameof(reference));
        }

        ImageGuard.Alike(ImageForm.Of(restored), reference.Form);
        using var scope = NewDisposeScope();
        Tensor images = OfTerms(
            restored,
            usesGraph,
            gradient => FusedEvaluation.Run(network, restored, null, reference.Features, gradient),
            x => GraphEvaluation.Terms(network, x, reference.Features));
        return Reduced(images).MoveToOuterDisposeScope();
    }

    /// <inheritdoc cref="forward(Tensor, PreparedReference)"/>
    public Tensor call(Tensor restored, PreparedReference reference) => forward(restored, reference);

    /// <summary>Computes a reference's features once, for any number of calls against that reference.</summary>
    /// <param name="reference">Reference images, (N, C, H, W), floating point in [0, 1]; no gradient reaches the reference.</param>
    /// <returns>
    /// The prepared reference. It holds the features in memory until the caller or the current dispose scope disposes it. A dispose scope
    /// treats it as a tensor: <see cref="PreparedReference.MoveToOuterDisposeScope"/> lets it outlive the scope.
    /// </returns>
    /// <exception cref="ArgumentException">The reference has a wrong shape, type or device.</exception>
    public PreparedReference Prepare(Tensor reference) => new(this, reference, FeaturesOf(reference));

    private protected sealed override Tensor PerImage(Tensor restored, Tensor reference) => OfTerms(
        restored,
        usesGraph || Learns(reference),
        gradient => FusedEvaluation.Run(network, restored, reference, null, gradient),
        x => GraphEvaluation.Terms(network, x, reference));

    private protected Tensor[][] FeaturesOf(Tensor reference)
    {
        RequireUsable();
        ImageGuard.Images(reference, nameof(reference), network);
        return FusedEvaluation.Features(network, reference);
    }

    /// <summary>Returns the terms whose sum is the loss: (N, K, L) for N images, K networks and L layers.</summary>
    private protected Tensor TermsOf(Tensor restored, Tensor reference)
    {
        RequireUsable();
        ImageGuard.Pair(restored, reference, network);
        return Learns(restored) || Learns(reference)
            ? GraphEvaluation.Terms(network, restored, reference)
            : FusedEvaluation.Run(network, restored, reference, null, wantsGradient: false).Terms;
    }

    /// <summary>Returns the terms of a loss with a single network, (N, L).</summary>
    private protected Tensor LayerTermsOf(Tensor restored, Tensor reference)
    {
        using var scope = NewDisposeScope();
        return TermsOf(restored, reference).squeeze(1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
    {
        base._to(deviceType, deviceIndex, non_blocking);
        network.MoveTo(new Device(deviceType, deviceIndex));
        return this;
    }

    /// <inheritdoc/>
    protected override nn.Module _to(Device device, ScalarType dtype, bool non_blocking)
    {
        base._to(device, dtype, non_blocking);
        network.MoveTo(device);
        return this;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            network.Dispose();
        }

        base.Dispose(disposing);
    }

    // Each image's loss, in the caller's scope.
    private Tensor OfTerms(Tensor restored, bool graph, Func<bool, (Tensor Terms, Tensor? Gradient)> fused, Func<Tensor, Tensor> terms)
    {
        return Evaluate(restored, graph, Fused, images => terms(images).sum([1, 2]));

        (Tensor Losses, Tensor? Gradient) Fused(bool wantsGradient)
        {
            (Tensor parts, Tensor? gradient) = fused(wantsGradient);
            return (parts.sum([1, 2]), gradient);
        }
    }
}

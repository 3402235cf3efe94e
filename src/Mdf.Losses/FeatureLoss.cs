using Mdf.Losses.Features;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// What the losses have in common that compare features of frozen networks: by default the gradient of the restored images is computed
/// along with the loss, a part of the batch at a time, and <c>backward</c> only scales it; features of a reference can be kept; and
/// <c>to(device)</c> moves the networks, of which no optimizer sees a parameter.
/// </summary>
public abstract class FeatureLoss : ImageLoss
{
    private readonly IFeatureNetwork network;
    private readonly bool usesGraph;
    private readonly DeferredFault fault = new();

    private protected FeatureLoss(LossOptions options, IFeatureNetwork network, bool usesGraph = false)
        : base(options)
    {
        this.network = network;
        this.usesGraph = usesGraph;
    }

    /// <summary>The smallest side an image may have, in pixels.</summary>
    public int MinimumSide => network.MinimumSide;

    private protected sealed override IImageRequirements Requirements => network;

    /// <summary>The loss against a reference whose features were computed before, by <see cref="Prepare"/>.</summary>
    /// <param name="restored">Restored images of the prepared reference's shape, type and device.</param>
    /// <param name="reference">What <see cref="Prepare"/> of this very loss gave.</param>
    /// <returns>As <see cref="ImageLoss.forward(Tensor, Tensor)"/>.</returns>
    /// <exception cref="ArgumentException">The images do not fit the reference, or another loss prepared it.</exception>
    public Tensor forward(Tensor restored, PreparedReference reference)
    {
        LossArguments.CheckImages(restored, nameof(restored), network);
        ArgumentNullException.ThrowIfNull(reference);
        if (reference.Owner != this)
        {
            throw new ArgumentException("reference was prepared by another loss; expected one that this loss prepared.", nameof(reference));
        }

        LossArguments.CheckAlike(ImageForm.Of(restored), reference.Form);
        using var scope = NewDisposeScope();
        Tensor images = Evaluate(
            restored,
            usesGraph,
            gradient => FusedEvaluation.Run(network, restored, null, reference.Features, gradient),
            x => GraphEvaluation.Terms(network, x, reference.Features));
        return Reduced(images).MoveToOuterDisposeScope();
    }

    /// <inheritdoc cref="forward(Tensor, PreparedReference)"/>
    public Tensor call(Tensor restored, PreparedReference reference) => forward(restored, reference);

    /// <summary>Computes a reference's features once, for many calls against it. They are kept until it is disposed.</summary>
    /// <param name="reference">Reference images, as in <see cref="ImageLoss.forward(Tensor, Tensor)"/>; no gradient reaches them.</param>
    /// <returns>The prepared reference; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">Shape, type or device are not as described.</exception>
    public virtual PreparedReference Prepare(Tensor reference) => new(this, reference, FeaturesOf(reference));

    private protected sealed override Tensor PerImage(Tensor restored, Tensor reference) => Evaluate(
        restored,
        usesGraph || Learns(reference),
        gradient => FusedEvaluation.Run(network, restored, reference, null, gradient),
        x => GraphEvaluation.Terms(network, x, reference));

    private protected Tensor[][] FeaturesOf(Tensor reference)
    {
        LossArguments.CheckImages(reference, nameof(reference), network);
        return FusedEvaluation.Features(network, reference);
    }

    /// <summary>The parts the loss is the sum of, (N, K, L).</summary>
    private protected Tensor TermsOf(Tensor restored, Tensor reference)
    {
        LossArguments.CheckPair(restored, reference, network);
        return Learns(restored) || Learns(reference)
            ? GraphEvaluation.Terms(network, restored, reference)
            : FusedEvaluation.Run(network, restored, reference, null, wantsGradient: false).Terms;
    }

    /// <summary>The same of a loss with one network, (N, L).</summary>
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
            FusedGradient.ReleaseReturned();
            network.Dispose();
        }

        base.Dispose(disposing);
    }

    private static bool Learns(Tensor images) => images.requires_grad && is_grad_enabled();

    // Each image's loss, in the caller's scope.
    private Tensor Evaluate(Tensor restored, bool graph, Func<bool, (Tensor Terms, Tensor? Gradient)> fused, Func<Tensor, Tensor> terms)
    {
        fault.Throw();
        if (graph)
        {
            return terms(restored).sum([1, 2]);
        }

        bool learns = Learns(restored);
        (Tensor parts, Tensor? gradient) = fused(learns);
        Tensor images = parts.sum([1, 2]);
        return learns ? FusedGradient.Attach(restored, images, gradient!, x => terms(x).sum([1, 2]), fault) : images;
    }
}

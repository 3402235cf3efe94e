using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// What all losses of this library have in common: they compare restored images with reference images, (N, C, H, W), are lower for better
/// images and 0 for equal ones, and have no parameters that an optimizer could see.
/// </summary>
public abstract class ImageLoss : Loss<Tensor, Tensor, Tensor>
{
    private protected ImageLoss(LossOptions options)
        : base(options.Reduction)
    {
        OptionChecks.RequireDefined(options.Reduction);
        base.train(false);
    }

    /// <summary>Always false: a loss stays in evaluation mode.</summary>
    public sealed override bool training => false;

    private protected virtual IImageRequirements Requirements => AnyImages.Instance;

    /// <summary>Does nothing but what the module asks for: a loss stays in evaluation mode.</summary>
    /// <param name="train">Ignored.</param>
    public sealed override void train(bool train = true) => base.train(false);

    /// <summary>The loss. Gradients reach the restored images, and the reference if it requires them; also twice.</summary>
    /// <param name="restored">
    /// Restored images, (N, C, H, W), floating point in [0, 1]: RGB where the loss looks at them by a network, which says at
    /// <see cref="FeatureLoss.MinimumSide"/> how small they may be.
    /// </param>
    /// <param name="reference">Reference images of the same shape, type and device.</param>
    /// <returns>
    /// A scalar, or (N) with <see cref="nn.Reduction.None"/>; float64 for float64 images, else float32. 0 at identity.
    /// </returns>
    /// <exception cref="ArgumentException">Shape, type or device are not as described.</exception>
    public sealed override Tensor forward(Tensor restored, Tensor reference)
    {
        LossArguments.CheckPair(restored, reference, Requirements);
        using var scope = NewDisposeScope();
        return Reduced(PerImage(restored, reference)).MoveToOuterDisposeScope();
    }

    /// <summary>Each image's loss, (N), float64 for float64 images, else float32, in the caller's scope.</summary>
    private protected abstract Tensor PerImage(Tensor restored, Tensor reference);

    /// <summary>The difference of the images, float64 for float64 images, else float32.</summary>
    private protected static Tensor Difference(Tensor restored, Tensor reference)
    {
        ScalarType precision = restored.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        return restored.to(precision) - reference.to(precision);
    }

    private protected Tensor Reduced(Tensor images) => reduction switch
    {
        nn.Reduction.None => images,
        nn.Reduction.Sum => images.sum(),
        _ => images.mean(),
    };

    private sealed class AnyImages : IImageRequirements
    {
        public static readonly AnyImages Instance = new();

        public int? Channels => null;

        public int MinimumSide => 1;

        public Device? Device => null;
    }
}

using Mdf.Guards;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>
/// Base class of image degradations, which restoration networks learn to undo. To add a degradation, derive from this class and override
/// <see cref="Degrade"/>.
/// </summary>
/// <remarks>
/// A degradation holds settings only. All randomness comes from the <see cref="Random"/> argument, so the same seed gives the same result.
/// Random settings are drawn for each image of a batch. No gradient flows through a degradation.
/// </remarks>
public abstract class Degradation
{
    /// <summary>
    /// Short description of the degradation and its settings, which is stored in the metadata of checkpoints. Default: the class's name.
    /// </summary>
    public virtual string Description => GetType().Name;

    /// <summary>Degrades a batch of images.</summary>
    /// <param name="images">
    /// Images, (N, C, H, W), of any floating-point type, on any device, with values in [0, 1]. They are not modified.
    /// </param>
    /// <param name="random">Random number generator for all random choices.</param>
    /// <returns>
    /// Degraded images with the same N and C, of the same type on the same device. Height and width are the same unless the degradation's
    /// documentation says otherwise, and values may leave [0, 1]. The caller disposes the result.
    /// </returns>
    /// <exception cref="ArgumentException">The images are empty, have another shape or type, or do not suit the degradation.</exception>
    /// <exception cref="InvalidOperationException">The degradation returned a result of the wrong shape, type or device.</exception>
    public Tensor Apply(Tensor images, Random random)
    {
        ImageGuard.Batch(images, nameof(images));
        ArgumentNullException.ThrowIfNull(random);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor result = Degrade(images.detach(), random);
        CheckResult(images, result);
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>Returns a degradation that applies this degradation and then another one.</summary>
    /// <param name="next">Degradation to apply to this degradation's result.</param>
    /// <returns>The two degradations in sequence.</returns>
    public Degradation Then(Degradation next) => new CompositeDegradation(this, next);

    /// <inheritdoc/>
    public override string ToString() => Description;

    /// <summary>
    /// Degrades a batch of images; derived classes implement this method. Tensors that the method leaves undisposed are disposed by
    /// <see cref="Apply"/>, except for the result.
    /// </summary>
    /// <param name="images">
    /// Images, (N, C, H, W), of any floating-point type, already validated by <see cref="Apply"/>. They must not be modified in place.
    /// </param>
    /// <param name="random">Random number generator for all random choices.</param>
    /// <returns>Degraded images, (N, C, any, any), of the type and on the device of <paramref name="images"/>.</returns>
    protected abstract Tensor Degrade(Tensor images, Random random);

    /// <summary>Applies a function to each image of a batch, for degradations that work on single images.</summary>
    /// <param name="images">Images, (N, C, H, W).</param>
    /// <param name="degrade">Takes one image, (1, C, H, W), and returns the degraded image; all results must have the same size.</param>
    /// <returns>The results as one batch.</returns>
    protected static Tensor EachImage(Tensor images, Func<Tensor, Tensor> degrade)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(degrade);
        using var scope = NewDisposeScope();
        Tensor[] results = [.. images.split(1).Select(image =>
        {
            using var imageScope = NewDisposeScope();
            return degrade(image).MoveToOuterDisposeScope();
        })];
        return cat(results, 0).MoveToOuterDisposeScope();
    }

    /// <summary>Calls <see cref="Apply"/> and throws if the result has another size than the images.</summary>
    internal Tensor ApplyKeepingSize(Tensor images, Random random)
    {
        using var scope = NewDisposeScope();
        Tensor result = Apply(images, random);
        return result.shape.SequenceEqual(images.shape)
            ? result.MoveToOuterDisposeScope()
            : throw new InvalidOperationException(
                $"{GetType().Name} changed the images' size from {images.shape[2]} x {images.shape[3]} to "
                + $"{result.shape[2]} x {result.shape[3]} pixels; expected a degradation that keeps the size.");
    }

    /// <summary>Returns the images, clipped to [0, 1] if <paramref name="clip"/> is true.</summary>
    private protected static Tensor Clipped(Tensor images, bool clip) => clip ? images.Within(0, 1) : images;

    private void CheckResult(Tensor images, Tensor? result)
    {
        string? fault = result switch
        {
            null => "is null",
            _ when ImageGuard.Fault(result) is { } other => other,
            _ when result.shape[0] != images.shape[0] || result.shape[1] != images.shape[1] =>
                $"has shape {ShapeText.Of(result)}; expected {images.shape[0]} images of {images.shape[1]} channels",
            _ when result.dtype != images.dtype => $"is of type {result.dtype}; expected {images.dtype}, the type of the images",
            _ when result.device_type != images.device_type || result.device_index != images.device_index =>
                $"is on device {result.device}; expected {images.device}, the device of the images",
            _ => null,
        };
        if (fault is not null)
        {
            throw new InvalidOperationException($"The result of {GetType().Name} {fault}.");
        }
    }
}

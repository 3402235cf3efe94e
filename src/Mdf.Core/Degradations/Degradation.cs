using Mdf.Imaging;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Degradations;

/// <summary>
/// A way of spoiling images, for restoration networks to undo. To add one, derive from this class and override <see cref="Degrade"/>.
/// </summary>
/// <remarks>
/// Degradations hold settings only: all chance comes from the <see cref="Random"/> that is passed in, so the same seed gives the
/// same result, and each image of a batch gets its own draws. No gradient flows through a degradation.
/// </remarks>
public abstract class Degradation
{
    /// <summary>
    /// What it does, with its settings, in a few words: this goes into the metadata of checkpoints. Default: the class's name.
    /// </summary>
    public virtual string Description => GetType().Name;

    /// <summary>Spoils a batch of images.</summary>
    /// <param name="images">(N, C, H, W) of any floating-point type, on any device, values in [0, 1]. They are not changed.</param>
    /// <param name="random">The source of all chance.</param>
    /// <returns>
    /// As many images of as many channels, of the same type on the same device; of the same size unless the degradation says otherwise,
    /// and possibly beyond [0, 1] where it says so. The caller disposes them.
    /// </returns>
    /// <exception cref="ArgumentException">The images are not as described, or of a form the degradation cannot work on.</exception>
    /// <exception cref="InvalidOperationException">A degradation gave something else than it must.</exception>
    public Tensor Apply(Tensor images, Random random)
    {
        ImageBatch.Require(images, nameof(images));
        ArgumentNullException.ThrowIfNull(random);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor result = Degrade(images.detach(), random);
        CheckResult(images, result);
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>This degradation, and then another one on its result.</summary>
    /// <param name="next">The other one.</param>
    /// <returns>Both, as one degradation.</returns>
    public Degradation Then(Degradation next) => new CompositeDegradation(this, next);

    /// <inheritdoc/>
    public override string ToString() => Description;

    /// <summary>
    /// Spoils a batch of images: what a new degradation overrides. What it leaves undisposed is disposed after it, but for its result.
    /// </summary>
    /// <param name="images">As in <see cref="Apply"/>, already checked; must not be changed in place.</param>
    /// <param name="random">The source of all chance.</param>
    /// <returns>The spoilt images, (N, C, any, any), of the type and on the device of <paramref name="images"/>.</returns>
    protected abstract Tensor Degrade(Tensor images, Random random);

    /// <summary>Spoils images one by one, for what cannot work on a batch.</summary>
    /// <param name="images">(N, C, H, W).</param>
    /// <param name="degrade">Takes one image, (1, C, H, W), and gives the spoilt one; all results must have one size.</param>
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

    /// <summary><see cref="Apply"/>, where the result is compared with the images pixel by pixel.</summary>
    internal Tensor ApplyKeepingSize(Tensor images, Random random)
    {
        using var scope = NewDisposeScope();
        Tensor result = Apply(images, random);
        return result.shape.SequenceEqual(images.shape)
            ? result.MoveToOuterDisposeScope()
            : throw new InvalidOperationException(
                $"{GetType().Name} made images of {images.shape[2]} x {images.shape[3]} pixels {result.shape[2]} x {result.shape[3]}; "
                + "expected a degradation that keeps their size.");
    }

    /// <summary>The images, cut off at 0 and 1 if so wanted.</summary>
    private protected static Tensor Clipped(Tensor images, bool clip) => clip ? images.Within(0, 1) : images;

    private void CheckResult(Tensor images, Tensor? result)
    {
        string? fault = result switch
        {
            null => "is null",
            _ when ImageBatch.Fault(result) is { } other => other,
            _ when result.shape[0] != images.shape[0] || result.shape[1] != images.shape[1] =>
                $"has shape ({string.Join(", ", result.shape)}); expected {images.shape[0]} images of {images.shape[1]} channels",
            _ when result.dtype != images.dtype => $"is of type {result.dtype}; expected {images.dtype}, that of the images",
            _ when result.device_type != images.device_type || result.device_index != images.device_index =>
                $"is on {result.device}; expected {images.device}, where the images are",
            _ => null,
        };
        if (fault is not null)
        {
            throw new InvalidOperationException($"The result of {GetType().Name} {fault}.");
        }
    }
}

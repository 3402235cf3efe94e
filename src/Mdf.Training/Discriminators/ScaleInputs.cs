using Mdf.Degradations;
using Mdf.Models.Adversarial;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Training.Discriminators;

/// <summary>
/// The training images of a scale: the seed images at its size, and the priors, which are the generator's inputs before distortion.
/// </summary>
internal sealed class ScaleInputs : IDisposable
{
    private readonly Tensor[] reals;
    private readonly Tensor[][] priors;
    private readonly Degradation distortion;
    private readonly GeneratorSkip skip;
    private readonly int margin;

    /// <summary>Takes ownership of the images.</summary>
    /// <param name="reals">The seed images at this scale, values in [0, 1].</param>
    /// <param name="priors">For each seed image, the images to distort, values in [0, 1].</param>
    /// <param name="distortion">Distorts a prior.</param>
    /// <param name="options">Settings of the training.</param>
    public ScaleInputs(Tensor[] reals, Tensor[][] priors, Degradation distortion, DiscriminatorTrainingOptions options)
    {
        this.reals = [.. reals.Select(r => ToSigned(r).WithChannelsLast().DetachFromDisposeScope())];
        this.priors = [.. priors.Select(p => p.Select(t => t.DetachFromDisposeScope()).ToArray())];
        this.distortion = distortion;
        skip = options.Skip;
        margin = SinGanBlocks.Margin(options.BodyBlocks);
        foreach (Tensor real in reals)
        {
            real.Dispose();
        }
    }

    /// <summary>
    /// Draws a seed image, a generator's input for this image and the image to add the output to. Input and skip are padded, values are in
    /// [-1, 1]. The caller disposes the tensors.
    /// </summary>
    public (Tensor Real, Tensor Input, Tensor Skip) Draw(Random random) => Draw(random.Next(reals.Length), random);

    /// <summary>Draws a generator's input for a given seed image.</summary>
    public (Tensor Real, Tensor Input, Tensor Skip) Draw(int image, Random random) =>
        Draw(image, random.Next(priors[image].Length), random);

    /// <summary>Draws a distortion of a given prior of a given seed image.</summary>
    public (Tensor Real, Tensor Input, Tensor Skip) Draw(int image, int sample, Random random)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor prior = priors[image][sample % priors[image].Length];
        Tensor input = Padded(distortion.ApplyKeepingSize(prior, random));
        Tensor added = skip == GeneratorSkip.Distorted ? input.alias() : Padded(prior);
        return (reals[image].alias().MoveToOuterDisposeScope(), input.MoveToOuterDisposeScope(), added.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in reals.Concat(priors.SelectMany(p => p)))
        {
            tensor.Dispose();
        }
    }

    private static Tensor ToSigned(Tensor image) => image.Times(2).Minus(1);

    private Tensor Padded(Tensor image) => nn.functional.pad(ToSigned(image), [margin, margin, margin, margin]).WithChannelsLast();
}

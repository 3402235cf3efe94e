using Mdf.Degradations;
using Mdf.Models.Adversarial;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Training.Discriminators;

/// <summary>The images that a scale is trained with: the seed images at its size, and what their generators start from.</summary>
internal sealed class ScaleInputs : IDisposable
{
    private readonly Tensor[] reals;
    private readonly Tensor[][] priors;
    private readonly Degradation distortion;
    private readonly GeneratorSkip skip;
    private readonly int margin;

    /// <param name="reals">Of each seed image, values in [0, 1].</param>
    /// <param name="priors">Of each seed image, the images that are distorted, values in [0, 1]. Both are owned from here on.</param>
    /// <param name="distortion">What is done to a prior.</param>
    /// <param name="options">The training's.</param>
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

    /// <summary>A seed image, and a generator's input and skip for it, padded; values in [-1, 1]. The caller disposes them.</summary>
    public (Tensor Real, Tensor Input, Tensor Skip) Draw(Random random) => Draw(random.Next(reals.Length), random);

    /// <summary>The same for one of the seed images.</summary>
    public (Tensor Real, Tensor Input, Tensor Skip) Draw(int image, Random random) => Draw(image, random.Next(priors[image].Length), random);

    /// <summary>The same for one of the seed images and one of its priors.</summary>
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

    private static Tensor ToSigned(Tensor image) => (image * 2) - 1;

    private Tensor Padded(Tensor image) => nn.functional.pad(ToSigned(image), [margin, margin, margin, margin]).WithChannelsLast();
}

using System.Text.Json.Serialization;
using Mdf.Models.Adversarial;
using static Mdf.Training.SettingChecks;

namespace Mdf.Training.Discriminators;

/// <summary>
/// How discriminators are trained. The defaults are SinGAN's (Shaham et al., ICCV 2019) wherever the paper is silent, with the paper's
/// eight scales; but for <see cref="Skip"/> and <see cref="PriorSampleCount"/>, which are choices of this library.
/// </summary>
public sealed record DiscriminatorTrainingOptions
{
    /// <summary>The number of scales, 1 to 16; null for SinGAN's rule, by which it follows from the image's size. Default: 8.</summary>
    public int? ScaleCount { get; init; } = 8;

    /// <summary>The shorter side of the coarsest scale, in pixels, above twice the margin the convolutions take off (11 as published). Default: 25.</summary>
    public int MinimumSide { get; init; } = 25;

    /// <summary>The longer side of the finest scale, in pixels; a larger image is reduced to it. At least <see cref="MinimumSide"/>. Default: 250.</summary>
    public int MaximumSide { get; init; } = 250;

    /// <summary>Iterations per scale, at least 1. Default: 2000.</summary>
    public int Iterations { get; init; } = 2000;

    /// <summary>Steps of the discriminator in an iteration, 1 to 100. Default: 3.</summary>
    public int DiscriminatorSteps { get; init; } = 3;

    /// <summary>Steps of the generator in an iteration, 1 to 100. Default: 3.</summary>
    public int GeneratorSteps { get; init; } = 3;

    /// <summary>Adam's learning rate, above 0. Default: 5e-4.</summary>
    public double LearningRate { get; init; } = 5e-4;

    /// <summary>Adam's decay of the mean gradient, 0 up to (not including) 1. Default: 0.5.</summary>
    public double Beta1 { get; init; } = 0.5;

    /// <summary>Adam's decay of the mean squared gradient, 0 up to (not including) 1. Default: 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>The part of the iterations after which the learning rate is a tenth, 0 to 1. Default: 0.8.</summary>
    public double DecayAfter { get; init; } = 0.8;

    /// <summary>The weight of the gradient penalty (WGAN-GP), 0 or more. Default: 0.1.</summary>
    public double GradientPenaltyWeight { get; init; } = 0.1;

    /// <summary>The weight of the mean squared error between what the generator makes and the seed image, 0 or more. Default: 10.</summary>
    public double ReconstructionWeight { get; init; } = 10;

    /// <summary>The channels of the four coarsest scales, 1 to 1024; each next four have twice as many. Default: 32.</summary>
    public int Width { get; init; } = 32;

    /// <summary>The most channels any scale has, at least <see cref="Width"/> and at most 4096. Default: 128.</summary>
    public int MaximumWidth { get; init; } = 128;

    /// <summary>The blocks between head and tail of every network, 1 to 16. Default: 3.</summary>
    public int BodyBlocks { get; init; } = 3;

    /// <summary>
    /// The image that a generator's output is added to. Default: <see cref="GeneratorSkip.Distorted"/>, so that what discriminators see
    /// of a generator begins as the task's distortion.
    /// </summary>
    [JsonConverter(typeof(JsonStringEnumConverter<GeneratorSkip>))]
    public GeneratorSkip Skip { get; init; } = GeneratorSkip.Distorted;

    /// <summary>
    /// How many outputs of the scale before, of as many draws of the distortion, each scale starts from, for each seed image, 1 to 4096.
    /// They are computed once a scale and kept in memory meanwhile. Default: 32.
    /// </summary>
    public int PriorSampleCount { get; init; } = 32;

    /// <summary>
    /// The precision of the convolutions of head and body, forward and back. Default: <see cref="TrainingPrecision.Full"/>.
    /// </summary>
    [JsonConverter(typeof(JsonStringEnumConverter<TrainingPrecision>))]
    public TrainingPrecision Precision { get; init; }

    /// <summary>Of everything random. The same seed gives the same discriminators on one machine. Default: 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Iterations between two saves of the state, at least 1; it is also saved after each scale. Default: 100.</summary>
    public int SaveInterval { get; init; } = 100;

    /// <summary>The channels at a scale, counted from 0.</summary>
    internal int WidthOf(int scale) => (int)Math.Min((long)Width << (scale / 4), MaximumWidth);

    /// <summary>Throws for what is out of range.</summary>
    internal void Validate()
    {
        Require(ScaleCount is null or (>= 1 and <= 16), nameof(ScaleCount), ScaleCount, "null or 1 to 16");
        Require(BodyBlocks is >= 1 and <= 16, nameof(BodyBlocks), BodyBlocks, "1 to 16");
        int least = (2 * SinGanBlocks.Margin(BodyBlocks)) + 1;
        Require(MinimumSide >= least, nameof(MinimumSide), MinimumSide, $"at least {least}, what {BodyBlocks} blocks need");
        Require(MaximumSide >= MinimumSide, nameof(MaximumSide), MaximumSide, $"at least {nameof(MinimumSide)}, {MinimumSide}");
        Require(Iterations >= 1, nameof(Iterations), Iterations, "at least 1");
        Require(DiscriminatorSteps is >= 1 and <= 100, nameof(DiscriminatorSteps), DiscriminatorSteps, "1 to 100");
        Require(GeneratorSteps is >= 1 and <= 100, nameof(GeneratorSteps), GeneratorSteps, "1 to 100");
        Require(double.IsFinite(LearningRate) && LearningRate > 0, nameof(LearningRate), LearningRate, "a number above 0");
        Require(Beta1 is >= 0 and < 1, nameof(Beta1), Beta1, "0 up to, not including, 1");
        Require(Beta2 is >= 0 and < 1, nameof(Beta2), Beta2, "0 up to, not including, 1");
        Require(DecayAfter is >= 0 and <= 1, nameof(DecayAfter), DecayAfter, "0 to 1");
        Require(double.IsFinite(GradientPenaltyWeight) && GradientPenaltyWeight >= 0, nameof(GradientPenaltyWeight), GradientPenaltyWeight, "0 or more");
        Require(double.IsFinite(ReconstructionWeight) && ReconstructionWeight >= 0, nameof(ReconstructionWeight), ReconstructionWeight, "0 or more");
        Require(Width is >= 1 and <= 1024, nameof(Width), Width, "1 to 1024");
        Require(MaximumWidth >= Width && MaximumWidth <= 4096, nameof(MaximumWidth), MaximumWidth, $"{nameof(Width)}, {Width}, to 4096");
        Require(Enum.IsDefined(Skip), nameof(Skip), Skip, "a value of GeneratorSkip");
        Require(Enum.IsDefined(Precision), nameof(Precision), Precision, "a value of TrainingPrecision");
        Require(PriorSampleCount is >= 1 and <= 4096, nameof(PriorSampleCount), PriorSampleCount, "1 to 4096");
        Require(SaveInterval >= 1, nameof(SaveInterval), SaveInterval, "at least 1");
    }
}

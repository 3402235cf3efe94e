using System.Text.Json.Serialization;
using Mdf.Models.Adversarial;
using static Mdf.Guards.Guard;

namespace Mdf.Training.Discriminators;

/// <summary>
/// Settings of <see cref="DiscriminatorTrainer"/>. The defaults follow the paper (eight scales) and, where it gives no value, SinGAN
/// (Shaham et al., ICCV 2019); <see cref="Skip"/> and <see cref="PriorSampleCount"/> are choices of this library.
/// </summary>
public sealed record DiscriminatorTrainingOptions
{
    /// <summary>
    /// Number of scales, 1 to 16; null to derive the number from the image's size by SinGAN's rule. Default: 8.
    /// </summary>
    public int? ScaleCount { get; init; } = 8;

    /// <summary>
    /// Shorter side of the image at the coarsest scale, in pixels; at least the networks' receptive field, which is 11 for the default
    /// <see cref="BodyBlocks"/>. Default: 25.
    /// </summary>
    public int MinimumSide { get; init; } = 25;

    /// <summary>
    /// Longer side of the image at the finest scale, in pixels, at least <see cref="MinimumSide"/>; larger images are downscaled to this
    /// size. Default: 250.
    /// </summary>
    public int MaximumSide { get; init; } = 250;

    /// <summary>Number of iterations per scale; at least 1. Default: 2000.</summary>
    public int Iterations { get; init; } = 2000;

    /// <summary>Number of discriminator steps per iteration, 1 to 100. Default: 3.</summary>
    public int DiscriminatorSteps { get; init; } = 3;

    /// <summary>Number of generator steps per iteration, 1 to 100. Default: 3.</summary>
    public int GeneratorSteps { get; init; } = 3;

    /// <summary>Adam's learning rate; above 0. Default: 5e-4.</summary>
    public double LearningRate { get; init; } = 5e-4;

    /// <summary>Adam's decay rate of the mean gradient, in [0, 1). Default: 0.5.</summary>
    public double Beta1 { get; init; } = 0.5;

    /// <summary>Adam's decay rate of the mean squared gradient, in [0, 1). Default: 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Fraction of a scale's iterations after which the learning rate drops to a tenth, 0 to 1. Default: 0.8.</summary>
    public double DecayAfter { get; init; } = 0.8;

    /// <summary>Weight of the gradient penalty (WGAN-GP), 0 or more. Default: 0.1.</summary>
    public double GradientPenaltyWeight { get; init; } = 0.1;

    /// <summary>
    /// Weight of the generator's reconstruction error, the mean squared error between the generated image and the seed image; 0 or more.
    /// Default: 10.
    /// </summary>
    public double ReconstructionWeight { get; init; } = 10;

    /// <summary>
    /// Number of channels of the four coarsest scales, 1 to 1024. The number doubles every four scales, up to <see cref="MaximumWidth"/>.
    /// Default: 32.
    /// </summary>
    public int Width { get; init; } = 32;

    /// <summary>Maximum number of channels at any scale, from <see cref="Width"/> to 4096. Default: 128.</summary>
    public int MaximumWidth { get; init; } = 128;

    /// <summary>Number of blocks between head and tail of every network, 1 to 16. Default: 3.</summary>
    public int BodyBlocks { get; init; } = 3;

    /// <summary>
    /// Image that the generator's output is added to. Default: <see cref="GeneratorSkip.Distorted"/>, with which the generated images start
    /// out as examples of the task's distortion.
    /// </summary>
    [JsonConverter(typeof(JsonStringEnumConverter<GeneratorSkip>))]
    public GeneratorSkip Skip { get; init; } = GeneratorSkip.Distorted;

    /// <summary>
    /// Number of outputs of the previous scale, each from another draw of the distortion, that a scale draws its inputs from, for each seed
    /// image; 1 to 4096. The outputs are computed once per scale and kept in memory. Default: 32.
    /// </summary>
    public int PriorSampleCount { get; init; } = 32;

    /// <summary>
    /// Precision of the convolutions of head and body in the forward and backward pass. Default: <see cref="TrainingPrecision.Full"/>.
    /// </summary>
    [JsonConverter(typeof(JsonStringEnumConverter<TrainingPrecision>))]
    public TrainingPrecision Precision { get; init; }

    /// <summary>Seeds all random choices. The same seed gives the same discriminators on one machine. Default: 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>
    /// Number of iterations between two saves of the training state; at least 1. The state is also saved after each scale. Default: 100.
    /// </summary>
    public int SaveInterval { get; init; } = 100;

    /// <summary>Returns the number of channels at a scale, counted from 0.</summary>
    internal int WidthOf(int scale) => (int)Math.Min((long)Width << (scale / 4), MaximumWidth);

    /// <summary>Throws an exception if a setting is out of its range.</summary>
    internal void Validate()
    {
        Require(ScaleCount is null or (>= 1 and <= 16), ScaleCount, "null or 1 to 16", nameof(ScaleCount));
        Require(BodyBlocks is >= 1 and <= 16, BodyBlocks, "1 to 16", nameof(BodyBlocks));
        int least = (2 * SinGanBlocks.Margin(BodyBlocks)) + 1;
        Require(MinimumSide >= least, MinimumSide, $"at least {least}, the minimum for {BodyBlocks} blocks", nameof(MinimumSide));
        Require(MaximumSide >= MinimumSide, MaximumSide, $"at least {nameof(MinimumSide)}, {MinimumSide}", nameof(MaximumSide));
        Require(Iterations >= 1, Iterations, "at least 1", nameof(Iterations));
        Require(DiscriminatorSteps is >= 1 and <= 100, DiscriminatorSteps, "1 to 100", nameof(DiscriminatorSteps));
        Require(GeneratorSteps is >= 1 and <= 100, GeneratorSteps, "1 to 100", nameof(GeneratorSteps));
        Require(double.IsFinite(LearningRate) && LearningRate > 0, LearningRate, "a number above 0", nameof(LearningRate));
        Require(Beta1 is >= 0 and < 1, Beta1, "0 up to, not including, 1", nameof(Beta1));
        Require(Beta2 is >= 0 and < 1, Beta2, "0 up to, not including, 1", nameof(Beta2));
        Require(DecayAfter is >= 0 and <= 1, DecayAfter, "0 to 1", nameof(DecayAfter));
        Require(
            double.IsFinite(GradientPenaltyWeight) && GradientPenaltyWeight >= 0,
            GradientPenaltyWeight,
            "0 or more",
            nameof(GradientPenaltyWeight));
        Require(
            double.IsFinite(ReconstructionWeight) && ReconstructionWeight >= 0,
            ReconstructionWeight,
            "0 or more",
            nameof(ReconstructionWeight));
        Require(Width is >= 1 and <= 1024, Width, "1 to 1024", nameof(Width));
        Require(MaximumWidth >= Width && MaximumWidth <= 4096, MaximumWidth, $"{nameof(Width)}, {Width}, to 4096", nameof(MaximumWidth));
        Require(Enum.IsDefined(Skip), Skip, "a value of GeneratorSkip", nameof(Skip));
        Require(Enum.IsDefined(Precision), Precision, "a value of TrainingPrecision", nameof(Precision));
        Require(PriorSampleCount is >= 1 and <= 4096, PriorSampleCount, "1 to 4096", nameof(PriorSampleCount));
        Require(SaveInterval >= 1, SaveInterval, "at least 1", nameof(SaveInterval));
    }
}

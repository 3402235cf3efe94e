using Mdf.Losses;
using Mdf.Training.Discriminators;

namespace Mdf.Training.Tests.Discriminators;

public sealed class DiscriminatorTrainingOptionsTests
{
    public static TheoryData<string, DiscriminatorTrainingOptions> Illegal => new()
    {
        { "ScaleCount", new() { ScaleCount = 0 } },
        { "ScaleCount", new() { ScaleCount = 17 } },
        { "MinimumSide", new() { MinimumSide = 10 } },
        { "MinimumSide", new() { MinimumSide = 12, BodyBlocks = 4 } },
        { "MaximumSide", new() { MaximumSide = 24 } },
        { "Iterations", new() { Iterations = 0 } },
        { "DiscriminatorSteps", new() { DiscriminatorSteps = 0 } },
        { "GeneratorSteps", new() { GeneratorSteps = 101 } },
        { "LearningRate", new() { LearningRate = 0 } },
        { "LearningRate", new() { LearningRate = double.NaN } },
        { "Beta1", new() { Beta1 = 1 } },
        { "Beta2", new() { Beta2 = -0.1 } },
        { "DecayAfter", new() { DecayAfter = 1.1 } },
        { "GradientPenaltyWeight", new() { GradientPenaltyWeight = -1 } },
        { "ReconstructionWeight", new() { ReconstructionWeight = double.PositiveInfinity } },
        { "Width", new() { Width = 0 } },
        { "MaximumWidth", new() { Width = 64, MaximumWidth = 32 } },
        { "BodyBlocks", new() { BodyBlocks = 0 } },
        { "Skip", new() { Skip = (GeneratorSkip)7 } },
        { "PriorSampleCount", new() { PriorSampleCount = 0 } },
        { "Precision", new() { Precision = (TrainingPrecision)2 } },
        { "SaveInterval", new() { SaveInterval = 0 } },
    };

    [Theory]
    [MemberData(nameof(Illegal), DisableDiscoveryEnumeration = true)]
    public void Constructor_SettingOutOfRange_NamesIt(string name, DiscriminatorTrainingOptions options)
    {
        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => new DiscriminatorTrainer(options));
        Assert.Equal(name, exception.ParamName);
        Assert.Contains("expected", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WidthOf_Defaults_AreThePublishedWidths() =>
        Assert.Equal(
            [32, 32, 32, 32, 64, 64, 64, 64, 128, 128], Enumerable.Range(0, 10).Select(new DiscriminatorTrainingOptions().WidthOf));

    [Theory]
    [InlineData(RestorationTask.JpegRemoval, "jpeg", "JPEG, quality 7 to 10", "JPEG, quality 7 to 10")]
    [InlineData(RestorationTask.Denoising, "denoise", "Gaussian noise, sigma 25", "Gaussian noise, sigma 25")]
    [InlineData(
        RestorationTask.SuperResolution,
        "sisr",
        "bicubic down and up x4, then Gaussian noise, sigma 25", "Gaussian noise, sigma 25")]
    public void ForTask_EachTask_HasItsDistortion(RestorationTask task, string name, string coarsest, string finer)
    {
        TrainingDistortion distortion = TrainingDistortion.ForTask(task);
        Assert.Equal(name, distortion.Task);
        Assert.StartsWith(coarsest, distortion.Coarsest.Description, StringComparison.Ordinal);
        Assert.StartsWith(finer, distortion.Finer.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void ForTask_NoTask_IsRejected() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TrainingDistortion.ForTask((RestorationTask)9));
}

using Mdf.Training.Restoration;

namespace Mdf.Training.Tests.Restoration;

public sealed class RestorationTrainingOptionsTests
{
    public static TheoryData<string, RestorationTrainingOptions> Illegal => new()
    {
        { "Steps", new() { Steps = 0 } },
        { "BatchSize", new() { BatchSize = 0 } },
        { "PatchSize", new() { PatchSize = 7 } },
        { "LearningRate", new() { LearningRate = double.NaN } },
        { "Beta1", new() { Beta1 = 1 } },
        { "Beta2", new() { Beta2 = -0.1 } },
        { "Schedule", new() { Schedule = null! } },
        { "EmaDecay", new() { EmaDecay = 1 } },
        { "GradientClipNorm", new() { GradientClipNorm = 0 } },
        { "ValidationInterval", new() { ValidationInterval = 0 } },
        { "SaveInterval", new() { SaveInterval = 0 } },
        { "LogInterval", new() { LogInterval = 0 } },
        { "PrefetchDepth", new() { PrefetchDepth = 65 } },
        { "PrefetchWorkers", new() { PrefetchWorkers = 0 } },
        { "ValidationPatches", new() { ValidationPatches = -1 } },
        { "Validation", new() { Validation = null! } },
    };

    [Theory]
    [MemberData(nameof(Illegal), DisableDiscoveryEnumeration = true)]
    public void Trainer_SettingOutOfRange_IsRefusedByName(string name, RestorationTrainingOptions options) =>
        Assert.StartsWith(
            $"{name} is ",
            Assert.Throws<ArgumentOutOfRangeException>(() => new RestorationTrainer(options)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Trainer_Defaults_AreLegal() => Assert.NotNull(new RestorationTrainer());
}

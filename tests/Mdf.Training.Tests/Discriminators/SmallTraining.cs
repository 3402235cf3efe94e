using Mdf.Training.Discriminators;

namespace Mdf.Training.Tests.Discriminators;

/// <summary>A training of discriminators that takes a moment.</summary>
internal static class SmallTraining
{
    public static DiscriminatorTrainingOptions Options { get; } = new()
    {
        ScaleCount = 2,
        MinimumSide = 11,
        MaximumSide = 20,
        BodyBlocks = 2,
        Width = 3,
        Iterations = 5,
        SaveInterval = 2,
        PriorSampleCount = 2,
    };
}

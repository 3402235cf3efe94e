using Mdf.Training.Discriminators;

namespace Reproduce.Presets;

/// <summary>How large everything is.</summary>
internal sealed record Preset
{
    public required string Name { get; init; }

    /// <summary>What is less than in the paper, for the report.</summary>
    public required string Remark { get; init; }

    /// <summary>By the key of an application.</summary>
    public required IReadOnlyDictionary<string, TrainingSettings> Training { get; init; }

    /// <summary>How many images of a test set are used, the first by name.</summary>
    public required int TestImages { get; init; }

    /// <summary>How many pictures are drawn where no folder is given, to train and to test on.</summary>
    public required int SyntheticImages { get; init; }

    /// <summary>Their sides.</summary>
    public required int SyntheticSide { get; init; }

    /// <summary>The applications that a command does if it is not told which.</summary>
    public required IReadOnlyList<string> Applications { get; init; }

    /// <summary>The application whose network the ablations train.</summary>
    public required string AblationApplication { get; init; }

    /// <summary>The numbers of scales to compare, coarsest first.</summary>
    public required IReadOnlyList<int> Scales { get; init; }

    /// <summary>The numbers of seed images to compare.</summary>
    public required IReadOnlyList<int> SeedImages { get; init; }

    /// <summary>How discriminators are trained on them.</summary>
    public required DiscriminatorTrainingOptions Discriminators { get; init; }

    /// <summary>The powers of ten that the second loss is multiplied by.</summary>
    public required IReadOnlyList<int> Lambdas { get; init; }

    /// <summary>The levels of the sensitivity figure, in decibels.</summary>
    public required IReadOnlyList<double> Levels { get; init; }

    /// <summary>Its images: how many, and the side of the middle part that is used.</summary>
    public required (int Images, int Side) Sensitivity { get; init; }

    /// <summary>The same of the manifold figure.</summary>
    public required (int Images, int Side) Manifold { get; init; }

    /// <summary>How the discriminator of SRGAN for the manifold figure is trained.</summary>
    public required TrainingSettings Srgan { get; init; }
}

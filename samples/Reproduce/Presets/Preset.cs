using Mdf.Training.Discriminators;

namespace Reproduce.Presets;

/// <summary>Sizes of networks, trainings and image sets.</summary>
internal sealed record Preset
{
    public required string Name { get; init; }

    /// <summary>Differences from the paper's settings, for the report.</summary>
    public required string Remark { get; init; }

    /// <summary>Training settings by the key of an application.</summary>
    public required IReadOnlyDictionary<string, TrainingSettings> Training { get; init; }

    /// <summary>Number of images of each test set, the first by name.</summary>
    public required int TestImages { get; init; }

    /// <summary>Number of synthetic images for training, and for testing, where no folder is given.</summary>
    public required int SyntheticImages { get; init; }

    /// <summary>Side of the synthetic images in pixels.</summary>
    public required int SyntheticSide { get; init; }

    /// <summary>Default applications of the commands.</summary>
    public required IReadOnlyList<string> Applications { get; init; }

    /// <summary>The application whose network the ablations train.</summary>
    public required string AblationApplication { get; init; }

    /// <summary>Numbers of scales to compare; the coarsest scales are used.</summary>
    public required IReadOnlyList<int> Scales { get; init; }

    /// <summary>The numbers of seed images to compare.</summary>
    public required IReadOnlyList<int> SeedImages { get; init; }

    /// <summary>Settings of the discriminators that are trained on different numbers of seed images.</summary>
    public required DiscriminatorTrainingOptions Discriminators { get; init; }

    /// <summary>Powers of ten by which the second loss of a sum is multiplied.</summary>
    public required IReadOnlyList<int> Lambdas { get; init; }

    /// <summary>PSNR levels of the sensitivity figure, in decibels.</summary>
    public required IReadOnlyList<double> Levels { get; init; }

    /// <summary>Number of images of the sensitivity figure, and the side in pixels of their middle part, which is used.</summary>
    public required (int Images, int Side) Sensitivity { get; init; }

    /// <summary>Number of images of the spectrum figure, and the side in pixels of their middle part, which is used.</summary>
    public required (int Images, int Side) Spectrum { get; init; }

    /// <summary>Number of images of the manifold figure, and the side in pixels of their middle part, which is used.</summary>
    public required (int Images, int Side) Manifold { get; init; }

    /// <summary>Training settings of SRGAN's discriminator for the manifold figure.</summary>
    public required TrainingSettings Srgan { get; init; }
}

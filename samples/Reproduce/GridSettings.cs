using Mdf.Losses;
using Reproduce.Data;
using Reproduce.Experiments;
using Reproduce.Losses;
using Reproduce.Presets;

namespace Reproduce;

/// <summary>Settings of experiments from the command line.</summary>
internal sealed record GridSettings
{
    public required Preset Preset { get; init; }

    public required DatasetFolders Folders { get; init; }

    /// <summary>Discriminators to use besides the packaged ones.</summary>
    public required IReadOnlyList<GivenWeights> Weights { get; init; }

    /// <summary>Keys of the applications to run.</summary>
    public required IReadOnlyList<string> Applications { get; init; }

    /// <summary>Names of the losses to run.</summary>
    public required IReadOnlyList<string> Losses { get; init; }

    public required string Output { get; init; }

    public required string Device { get; init; }

    public required long Seed { get; init; }

    /// <summary>Number of images of each test set; null for the preset's number.</summary>
    public int? TestImages { get; init; }

    /// <summary>Number of steps of each training; null for the preset's number.</summary>
    public int? Steps { get; init; }

    /// <summary>Precision of MDF's features.</summary>
    public MdfPrecision Precision { get; init; }

    public required Shard Shard { get; init; }

    /// <summary>Returns the preset's training settings for an application, with the number of steps from the command line.</summary>
    public TrainingSettings TrainingOf(string application)
    {
        TrainingSettings settings = Preset.Training[application];
        return settings with { Steps = Steps ?? settings.Steps };
    }
}

using Mdf.Losses;
using Reproduce.Data;
using Reproduce.Experiments;
using Reproduce.Losses;
using Reproduce.Presets;

namespace Reproduce;

/// <summary>What the command line asks for.</summary>
internal sealed record GridSettings
{
    public required Preset Preset { get; init; }

    public required DatasetFolders Folders { get; init; }

    /// <summary>Discriminators besides the packaged ones.</summary>
    public required IReadOnlyList<GivenWeights> Weights { get; init; }

    /// <summary>The applications to do, by key.</summary>
    public required IReadOnlyList<string> Applications { get; init; }

    /// <summary>The losses to do, by name.</summary>
    public required IReadOnlyList<string> Losses { get; init; }

    public required string Output { get; init; }

    public required string Device { get; init; }

    public required long Seed { get; init; }

    /// <summary>How many test images; null for what the preset says.</summary>
    public int? TestImages { get; init; }

    /// <summary>How many steps; null for what the preset says.</summary>
    public int? Steps { get; init; }

    /// <summary>The precision that MDF computes features in.</summary>
    public MdfPrecision Precision { get; init; }

    public required Shard Shard { get; init; }

    /// <summary>How a network is trained, with what the command line changes of it.</summary>
    public TrainingSettings TrainingOf(string application)
    {
        TrainingSettings settings = Preset.Training[application];
        return settings with { Steps = Steps ?? settings.Steps };
    }
}

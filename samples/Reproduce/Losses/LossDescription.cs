using Mdf.Losses;

namespace Reproduce.Losses;

/// <summary>
/// Identifies a loss by everything that affects its values. All members, including computed ones, are part of the identity of experiments.
/// </summary>
internal sealed record LossDescription
{
    /// <summary>Name as in the paper's table, such as L2, MDF or L2 + VGG.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the weights' file, or a description of how the weights were made.</summary>
    public string? Weights { get; init; }

    /// <summary>Checksum of the weights.</summary>
    public string? Checksum { get; init; }

    /// <summary>Number of scales of MDF or MS-SSIM.</summary>
    public int? Scales { get; init; }

    /// <summary>Factor of the second loss in a sum of two losses.</summary>
    public double? Factor { get; init; }

    /// <summary>Number of seed images of the discriminators in the ablation of this number; null otherwise.</summary>
    public int? SeedImages { get; init; }

    /// <summary>Precision of MDF's features; null for full precision.</summary>
    public MdfPrecision? Precision { get; init; }

    /// <summary>
    /// Name of the loss and, for MDF, of its weights. <see cref="Report.LossLabels"/> also distinguishes weights of the same name.
    /// </summary>
    public string Label => Weights is null || Name != LossNames.Mdf ? Name : $"{Name} ({Weights})";
}

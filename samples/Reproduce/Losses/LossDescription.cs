using Mdf.Losses;

namespace Reproduce.Losses;

/// <summary>A loss, by all that decides it; every member, computed ones too, is part of the identity of experiments.</summary>
internal sealed record LossDescription
{
    /// <summary>Its name, as in the paper's table: L2, MDF, L2 + VGG, ...</summary>
    public required string Name { get; init; }

    /// <summary>Its network's weights: the name of their file, or how they were made.</summary>
    public string? Weights { get; init; }

    /// <summary>The checksum of the weights.</summary>
    public string? Checksum { get; init; }

    /// <summary>The scales it uses, of MDF and MS-SSIM.</summary>
    public int? Scales { get; init; }

    /// <summary>What the second term of a sum is multiplied by.</summary>
    public double? Factor { get; init; }

    /// <summary>The number of images that discriminators were trained on, where that is what is looked at.</summary>
    public int? SeedImages { get; init; }

    /// <summary>The precision that MDF computes features in, if it is not full precision.</summary>
    public MdfPrecision? Precision { get; init; }

    /// <summary>Its name and that of its weights; <see cref="Report.LossLabels"/> also tells weights of one name apart.</summary>
    public string Label => Weights is null || Name != LossNames.Mdf ? Name : $"{Name} ({Weights})";
}

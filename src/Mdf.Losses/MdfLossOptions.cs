namespace Mdf.Losses;

/// <summary>Settings of <see cref="MdfLoss"/>; the defaults give the published loss.</summary>
public sealed record MdfLossOptions : LossOptions
{
    /// <summary>The number of scales to use, from 1 to the number there are. Default: null, which takes 8 or all if there are fewer.</summary>
    public int? ScaleCount { get; init; }

    /// <summary>From which end they are taken. Default: <see cref="MdfScaleOrder.CoarsestFirst"/>.</summary>
    public MdfScaleOrder ScaleOrder { get; init; }

    /// <summary>The feature maps to compare, at least one. Default: <see cref="MdfLayers.All"/>.</summary>
    public MdfLayers Layers { get; init; } = MdfLayers.All;

    /// <summary>The range in which the discriminators see the images. Default: <see cref="MdfInputRange.ZeroToOne"/>, as published.</summary>
    public MdfInputRange InputRange { get; init; }

    /// <summary>
    /// The precision of the features. Default: <see cref="MdfPrecision.Full"/>. What <see cref="MdfPrecision.BFloat16WhereFaster"/> costs in
    /// accuracy is said there.
    /// </summary>
    public MdfPrecision Precision { get; init; }

    /// <summary>How the loss is computed. Default: <see cref="MdfExecution.Fused"/>, which is faster and takes a fraction of the memory.</summary>
    public MdfExecution Execution { get; init; }

    /// <summary>
    /// The memory that fused execution may use for features at a time, in bytes, at least 1 MiB; it decides how many images, or which
    /// tiles of large ones, are worked on at once, and changes results by rounding only. Default: null, which takes 24 MiB for each
    /// of libtorch's threads on the CPU, where more is no faster, and 1 GiB elsewhere; much less is much slower on a GPU. On the CPU, as many
    /// threads work on tiles of their own as the memory has 24 MiB for, and none takes more than 1 GiB.
    /// </summary>
    public long? WorkingMemory { get; init; }
}

namespace Mdf.Losses;

/// <summary>Settings of <see cref="MdfLoss"/>; the defaults give the published loss.</summary>
public sealed record MdfLossOptions : LossOptions
{
    /// <summary>
    /// Number of scales to use, from 1 to the number of scales in the weights. Default: null, for 8, or all scales if there are fewer.
    /// </summary>
    public int? ScaleCount { get; init; }

    /// <summary>
    /// Order in which <see cref="ScaleCount"/> scales are taken from the weights. Default: <see cref="MdfScaleOrder.CoarsestFirst"/>.
    /// </summary>
    public MdfScaleOrder ScaleOrder { get; init; }

    /// <summary>Feature maps of each discriminator to compare; at least one. Default: <see cref="MdfLayers.All"/>.</summary>
    public MdfLayers Layers { get; init; } = MdfLayers.All;

    /// <summary>Value range of the discriminators' input. Default: <see cref="MdfInputRange.ZeroToOne"/>, as published.</summary>
    public MdfInputRange InputRange { get; init; }

    /// <summary>
    /// Precision in which feature maps are computed. Default: <see cref="MdfPrecision.Full"/>. <see
    /// cref="MdfPrecision.BFloat16WhereFaster"/> is
    /// faster on some hardware and less accurate.
    /// </summary>
    public MdfPrecision Precision { get; init; }

    /// <summary>
    /// Way of computing the loss and its gradient. Default: <see cref="MdfExecution.Fused"/>, which is faster than
    /// <see cref="MdfExecution.Graph"/> and takes a fraction of the memory.
    /// </summary>
    public MdfExecution Execution { get; init; }

    /// <summary>
    /// Memory for feature maps in fused execution, in bytes; at least 1 MiB. Default: null, for 24 MiB per libtorch thread on the CPU and
    /// 1 GiB on other devices.
    /// </summary>
    /// <remarks>
    /// The value determines how many images, or how large tiles of large images, are processed at a time; it affects results by rounding
    /// only. On the CPU, each 24 MiB allow one more thread to process its own tiles, up to libtorch's number of threads, and one thread
    /// uses at most 1 GiB; values above the default are no faster. On a GPU, values far below the default are much slower.
    /// </remarks>
    public long? WorkingMemory { get; init; }
}

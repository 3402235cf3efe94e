namespace Mdf.Losses;

/// <summary>Settings of <see cref="LpipsLoss"/>.</summary>
public sealed record LpipsLossOptions : LossOptions
{
    /// <summary>
    /// The memory for features at a time, in bytes, at least 1 MiB; it decides how many images, at least one, are worked on at once, and
    /// changes results by rounding only. Default: null, which takes 24 MiB for each of libtorch's threads on the CPU and
    /// 1 GiB elsewhere.
    /// </summary>
    public long? WorkingMemory { get; init; }
}

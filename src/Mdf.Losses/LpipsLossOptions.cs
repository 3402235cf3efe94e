namespace Mdf.Losses;

/// <summary>Settings of <see cref="LpipsLoss"/>.</summary>
public sealed record LpipsLossOptions : LossOptions
{
    /// <summary>
    /// Memory for feature maps during a call, in bytes; at least 1 MiB. The value limits the number of images processed at a time (at least
    /// one) and affects results by rounding only. Default: null, for 24 MiB per libtorch thread on the CPU and 1 GiB on other devices.
    /// </summary>
    public long? WorkingMemory { get; init; }
}

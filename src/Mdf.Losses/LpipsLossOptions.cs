namespace Mdf.Losses;

/// <summary>Settings of <see cref="LpipsLoss"/>.</summary>
public sealed record LpipsLossOptions : LossOptions
{
    /// <summary>
    /// Way of computing the loss and its gradient. Default: <see cref="MdfExecution.Fused"/>. It uses this library's own convolutions for
    /// float32 images on CPUs with AVX2, unless the switch <c>Mdf.CompareByLibtorch</c> (<see cref="AppContext.SetSwitch"/>) is set, and
    /// libtorch's otherwise. <see cref="MdfExecution.Graph"/> always uses libtorch's.
    /// </summary>
    public MdfExecution Execution { get; init; }

    /// <summary>
    /// Memory for feature maps during a call, in bytes; at least 1 MiB. The value limits the number of images processed at a time (at least
    /// one) and affects results by rounding only. Default: null, for 24 MiB per libtorch thread on the CPU and 1 GiB on other devices.
    /// </summary>
    public long? WorkingMemory { get; init; }
}

namespace Mdf.Losses;

/// <summary>Settings of <see cref="CharbonnierLoss"/>.</summary>
public sealed record CharbonnierLossOptions : LossOptions
{
    /// <summary>
    /// The constant e of the loss: smaller differences are penalised roughly quadratically, larger ones linearly. Finite, above 0.
    /// Default: 0.001.
    /// </summary>
    public double Epsilon { get; init; } = 1e-3;
}

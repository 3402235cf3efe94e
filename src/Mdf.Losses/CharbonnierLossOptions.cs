namespace Mdf.Losses;

/// <summary>Settings of <see cref="CharbonnierLoss"/>.</summary>
public sealed record CharbonnierLossOptions : LossOptions
{
    /// <summary>The difference below which the loss is about quadratic. Default: 0.001. Range: above 0, finite.</summary>
    public double Epsilon { get; init; } = 1e-3;
}

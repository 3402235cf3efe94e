namespace Mdf.Losses;

/// <summary>Settings of <see cref="FocalFrequencyLoss"/>.</summary>
public sealed record FocalFrequencyLossOptions : LossOptions
{
    internal const double LargestAlpha = 16;

    /// <summary>
    /// Exponent a of the weights, 0 to 16. With 0 all frequencies weigh alike, which gives the mean squared difference (L2); with larger
    /// values the loss concentrates on fewer frequencies. Default: 1.
    /// </summary>
    public double Alpha { get; init; } = 1;
}

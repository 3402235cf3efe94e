namespace Mdf.Losses;

/// <summary>
/// The way in which a loss of feature maps and its gradient are computed. Both ways give the same results up to rounding.
/// </summary>
public enum MdfExecution
{
    /// <summary>
    /// The forward pass computes the gradient of the restored images along with the loss, for a few images or tiles at a time, and frees
    /// feature maps as soon as they are compared. <c>backward</c> only scales the gradient. If the reference requires gradients,
    /// <see cref="Graph"/> is used instead.
    /// </summary>
    Fused,

    /// <summary>Autograd computes the gradient and keeps all feature maps in memory until <c>backward</c>.</summary>
    Graph,
}

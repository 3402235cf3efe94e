namespace Mdf.Losses;

/// <summary>How the MDF loss is computed. The results agree to rounding.</summary>
public enum MdfExecution
{
    /// <summary>
    /// The gradient of the restored image is computed along with the loss, a few images or tiles at a time, and features are dropped as
    /// soon as they have been compared; <c>backward</c> only scales it. A reference that requires gradients takes the graph.
    /// </summary>
    Fused,

    /// <summary>Ordinary operations and autograd, which keeps the features of all scales until <c>backward</c>.</summary>
    Graph,
}

namespace Mdf.Benchmarks;

/// <summary>The ways to compute an MDF training step's share of the loss: forward, and back to the restored image.</summary>
public enum Variant
{
    /// <summary>The authors' algorithm as published: normalisation not folded, parameters that require gradients, both graphs kept.</summary>
    Authors,

    /// <summary>The same with frozen parameters and the reference's features without graph.</summary>
    AuthorsFrozen,

    /// <summary>MdfLoss by ordinary autograd.</summary>
    Graph,

    /// <summary>MdfLoss as it comes.</summary>
    Fused,

    /// <summary>MdfLoss in bfloat16.</summary>
    FusedBFloat16,

    /// <summary>MdfLoss against a prepared reference.</summary>
    Prepared,

    /// <summary>MdfLoss in bfloat16 against a prepared reference.</summary>
    PreparedBFloat16,

    /// <summary>MdfLoss without gradient.</summary>
    Inference,

    /// <summary>Nothing but the convolutions that forward and backward need, an image at a time, in the layout that runs fastest.</summary>
    ConvolutionsOnly,

    /// <summary>The same in bfloat16.</summary>
    ConvolutionsOnlyBFloat16,
}

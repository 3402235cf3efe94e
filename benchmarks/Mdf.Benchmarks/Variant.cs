namespace Mdf.Benchmarks;

/// <summary>What is run: a loss forward, and back to the restored image. First the ways to compute MDF, then the other losses.</summary>
public enum Variant
{
    /// <summary>
    /// The authors' algorithm as published: normalisation not folded, parameters that require gradients, both graphs kept.
    /// </summary>
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

    /// <summary>L1Loss.</summary>
    L1,

    /// <summary>L2Loss.</summary>
    L2,

    /// <summary>CharbonnierLoss.</summary>
    Charbonnier,

    /// <summary>SsimLoss.</summary>
    Ssim,

    /// <summary>MsSsimLoss, with as many of the five scales as the images have room for.</summary>
    MsSsim,

    /// <summary>MsSsimL1Loss, with the same scales.</summary>
    MsSsimL1,

    /// <summary>VggLoss of VGG-16 as it comes, on images of their own size.</summary>
    Vgg,

    /// <summary>The same with images resized to 224 x 224, as the authors of MDF compute it.</summary>
    VggResized,

    /// <summary>LpipsLoss of AlexNet.</summary>
    LpipsAlex,

    /// <summary>LpipsLoss of SqueezeNet.</summary>
    LpipsSqueeze,

    /// <summary>LpipsLoss of VGG-16.</summary>
    LpipsVgg,
}

namespace Mdf.Benchmarks;

/// <summary>Variants of the step: ways to compute MDF first, then the other losses.</summary>
public enum Variant
{
    /// <summary>
    /// The authors' algorithm as published: normalisation not folded, parameters that require gradients, both graphs kept.
    /// </summary>
    Authors,

    /// <summary>The authors' algorithm with frozen parameters and no graph for the reference.</summary>
    AuthorsFrozen,

    /// <summary>MdfLoss with graph execution.</summary>
    Graph,

    /// <summary>MdfLoss with default options.</summary>
    Fused,

    /// <summary>MdfLoss in bfloat16.</summary>
    FusedBFloat16,

    /// <summary>MdfLoss against a prepared reference.</summary>
    Prepared,

    /// <summary>MdfLoss in bfloat16 against a prepared reference.</summary>
    PreparedBFloat16,

    /// <summary>MdfLoss without gradient.</summary>
    Inference,

    /// <summary>The convolutions of forward and backward alone, an image at a time, in the fastest layout.</summary>
    ConvolutionsOnly,

    /// <summary>The convolutions alone in bfloat16.</summary>
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

    /// <summary>VggLoss of VGG-16 with default options, images in their own size.</summary>
    Vgg,

    /// <summary>VggLoss with images resized to 224 x 224, as the authors of MDF compute it.</summary>
    VggResized,

    /// <summary>LpipsLoss of AlexNet.</summary>
    LpipsAlex,

    /// <summary>LpipsLoss of SqueezeNet.</summary>
    LpipsSqueeze,

    /// <summary>LpipsLoss of VGG-16.</summary>
    LpipsVgg,

    /// <summary>VggLoss of VGG-16 with libtorch's convolutions.</summary>
    VggByLibtorch,

    /// <summary>VggLoss with images resized to 224 x 224, with libtorch's convolutions.</summary>
    VggResizedByLibtorch,

    /// <summary>LpipsLoss of VGG-16 with libtorch's convolutions.</summary>
    LpipsVggByLibtorch,
}

using Mdf.Losses;
using Mdf.Models.Perceptual;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Benchmarks;

/// <summary>Creates the losses that MDF is compared with.</summary>
internal static class OtherLosses
{
    /// <summary>Creates a loss for images of a size.</summary>
    public static Module<Tensor, Tensor, Tensor> Create(Variant variant, Size size)
    {
        var scales = new Metrics.MultiScaleStructuralSimilarityOptions { ScaleCount = Scales(Math.Min(size.Height, size.Width)) };
        return variant switch
        {
            Variant.L1 => new L1Loss(),
            Variant.L2 => new L2Loss(),
            Variant.Charbonnier => new CharbonnierLoss(),
            Variant.Ssim => new SsimLoss(),
            Variant.MsSsim => new MsSsimLoss(new MsSsimLossOptions { Similarity = scales }),
            Variant.MsSsimL1 => new MsSsimL1Loss(new MsSsimL1LossOptions { Similarity = scales }),
            Variant.Vgg or Variant.VggByLibtorch => Of(new Vgg16Features("relu4_3"), n => new VggLoss(n)),
            Variant.VggResized or Variant.VggResizedByLibtorch =>
                Of(new Vgg16Features("relu4_3"), n => new VggLoss(n, new VggLossOptions { Resizes = true })),
            Variant.LpipsAlex => Of(new AlexNetFeatures("relu5"), n => new LpipsLoss(n)),
            Variant.LpipsSqueeze => Of(new SqueezeNetFeatures(), n => new LpipsLoss(n)),
            Variant.LpipsVgg or Variant.LpipsVggByLibtorch => Of(new Vgg16Features("relu5_3"), n => new LpipsLoss(n)),
            _ => throw new ArgumentOutOfRangeException(nameof(variant), variant, "This is none of the other losses."),
        };
    }

    private static Module<Tensor, Tensor, Tensor> Of(FeatureNetwork network, Func<FeatureNetwork, Module<Tensor, Tensor, Tensor>> create)
    {
        using (network)
        {
            return create(network);
        }
    }

    // The coarsest scale must hold the window of 11 pixels.
    private static int Scales(int side) => Math.Clamp(1 + (int)Math.Log2((side - 1) / 10.0), 1, 5);
}

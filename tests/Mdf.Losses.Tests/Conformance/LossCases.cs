using Mdf.Models.Adversarial;
using Mdf.Models.Perceptual;

namespace Mdf.Losses.Tests.Conformance;

/// <summary>All losses, with a line for each option that changes how a loss is computed.</summary>
public static class LossCases
{
    private static readonly DiscriminatorPyramid Discriminators = TestPyramid.Create(3, 4);
    private static readonly FeatureNetwork Vgg = TestNetworks.Create(new Vgg16Features("relu2_2"));
    private static readonly FeatureNetwork DeepVgg = TestNetworks.Create(new Vgg16Features("relu5_3"));
    private static readonly FeatureNetwork Vgg19 = TestNetworks.Create(new Vgg19Features("relu2_1"));
    private static readonly FeatureNetwork Alex = TestNetworks.Create(new AlexNetFeatures("relu5"));
    private static readonly FeatureNetwork Squeeze = TestNetworks.Create(new SqueezeNetFeatures());

    public static IReadOnlyList<LossCase> All { get; } =
    [
        new("L1Loss", 1, r => new L1Loss(new LossOptions { Reduction = r })),
        new("L2Loss", 1, r => new L2Loss(new LossOptions { Reduction = r })),
        new("CharbonnierLoss", 1, r => new CharbonnierLoss(new CharbonnierLossOptions { Reduction = r })),
        new("SsimLoss", 11, r => new SsimLoss(new SsimLossOptions { Reduction = r })),
        new(
            "SsimLoss, 1 channel, window of 5",
            5,
            r => new SsimLoss(new SsimLossOptions { Reduction = r, Similarity = new() { WindowSize = 5 } })) { Channels = 1 },
        new(
            "MsSsimLoss, window of 3",
            33,
            r => new MsSsimLoss(new MsSsimLossOptions { Reduction = r, Similarity = new() { Window = new() { WindowSize = 3 } } })),
        new(
            "MsSsimLoss, 2 scales",
            21,
            r => new MsSsimLoss(new MsSsimLossOptions { Reduction = r, Similarity = new() { ScaleCount = 2 } })),
        new(
            "MsSsimL1Loss, 2 scales",
            21,
            r => new MsSsimL1Loss(new MsSsimL1LossOptions { Reduction = r, Similarity = new() { ScaleCount = 2 } })),
        new("HaarPsiLoss", 16, r => new HaarPsiLoss(new LossOptions { Reduction = r })),
        new("HaarPsiLoss, 1 channel", 16, r => new HaarPsiLoss(new LossOptions { Reduction = r })) { Channels = 1 },
        new("GmsdLoss", 6, r => new GmsdLoss(new LossOptions { Reduction = r })),
        new("GmsdLoss, 1 channel", 6, r => new GmsdLoss(new LossOptions { Reduction = r })) { Channels = 1 },
        new("FocalFrequencyLoss", 1, r => new FocalFrequencyLoss(new FocalFrequencyLossOptions { Reduction = r })) { HoldsWeights = true },
        new("TotalVariationLoss", 2, r => new TotalVariationLoss(new LossOptions { Reduction = r })) { IgnoresBrightness = true },
        new("GradientLoss", 3, r => new GradientLoss(new LossOptions { Reduction = r })) { IgnoresBrightness = true },
        new("MdfLoss", 11, r => new MdfLoss(Discriminators, new MdfLossOptions { Reduction = r })) { NeedsChannels = true },
        new(
            "MdfLoss, graph",
            11,
            r =>
                new MdfLoss(Discriminators, new MdfLossOptions { Reduction = r, Execution = MdfExecution.Graph })) { NeedsChannels = true },
        new(
            "VggLoss",
            2,
            r => new VggLoss(Vgg, new VggLossOptions { Reduction = r, Layers = ["relu1_2", "relu2_2"] })) { NeedsChannels = true },
        new(
            "VggLoss, L1",
            2,
            r =>
                new VggLoss(
                    Vgg,
                    new VggLossOptions { Reduction = r, Layers = ["relu2_2"], Distance = FeatureDistance.L1 })) { NeedsChannels = true },
        new(
            "VggLoss, VGG-19",
            2,
            r => new VggLoss(Vgg19, new VggLossOptions { Reduction = r, Layers = ["relu2_1"] })) { NeedsChannels = true },
        new(
            "VggLoss, resized",
            1,
            r => new VggLoss(Vgg, new VggLossOptions { Reduction = r, Layers = ["relu1_1"], Resizes = true })) { NeedsChannels = true },
        new("LpipsLoss, Alex", 31, r => new LpipsLoss(Alex, options: new LpipsLossOptions { Reduction = r })) { NeedsChannels = true },
        new(
            "LpipsLoss, Squeeze",
            17,
            r => new LpipsLoss(Squeeze, options: new LpipsLossOptions { Reduction = r })) { NeedsChannels = true },
        new("LpipsLoss, VGG", 16, r => new LpipsLoss(DeepVgg, options: new LpipsLossOptions { Reduction = r })) { NeedsChannels = true },
        new(
            "WeightedLoss",
            11,
            r =>
                new L2Loss(new LossOptions { Reduction = r }).Plus(
                    0.5, new MdfLoss(Discriminators, new MdfLossOptions { Reduction = r }))) { NeedsChannels = true },
    ];
}

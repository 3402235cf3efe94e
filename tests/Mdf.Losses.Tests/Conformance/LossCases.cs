using Mdf.Models.Adversarial;

namespace Mdf.Losses.Tests.Conformance;

/// <summary>All losses: a line for each, and for what of its options changes how it is computed.</summary>
public static class LossCases
{
    private static readonly DiscriminatorPyramid Discriminators = TestPyramid.Create(3, 4);

    public static IReadOnlyList<LossCase> All { get; } =
    [
        new("L1Loss", 1, r => new L1Loss(new LossOptions { Reduction = r })),
        new("L2Loss", 1, r => new L2Loss(new LossOptions { Reduction = r })),
        new("CharbonnierLoss", 1, r => new CharbonnierLoss(new CharbonnierLossOptions { Reduction = r })),
        new("SsimLoss", 11, r => new SsimLoss(new SsimLossOptions { Reduction = r })),
        new("SsimLoss, 1 channel, window of 5", 5, r => new SsimLoss(new SsimLossOptions { Reduction = r, Similarity = new() { WindowSize = 5 } })) { Channels = 1 },
        new("MsSsimLoss, window of 3", 33, r => new MsSsimLoss(new MsSsimLossOptions { Reduction = r, Similarity = new() { Window = new() { WindowSize = 3 } } })),
        new("MsSsimLoss, 2 scales", 21, r => new MsSsimLoss(new MsSsimLossOptions { Reduction = r, Similarity = new() { ScaleCount = 2 } })),
        new("MsSsimL1Loss, 2 scales", 21, r => new MsSsimL1Loss(new MsSsimL1LossOptions { Reduction = r, Similarity = new() { ScaleCount = 2 } })),
        new("MdfLoss", 11, r => new MdfLoss(Discriminators, new MdfLossOptions { Reduction = r })) { NeedsChannels = true },
        new("MdfLoss, graph", 11, r => new MdfLoss(Discriminators, new MdfLossOptions { Reduction = r, Execution = MdfExecution.Graph })) { NeedsChannels = true },
        new("WeightedLoss", 11, r => new L2Loss(new LossOptions { Reduction = r }).Plus(0.5, new MdfLoss(Discriminators, new MdfLossOptions { Reduction = r }))) { NeedsChannels = true },
    ];
}

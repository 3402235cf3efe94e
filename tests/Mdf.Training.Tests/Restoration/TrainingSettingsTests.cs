using Mdf.Data;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Models.Restoration;
using Mdf.Testing;
using Mdf.TorchCompatibility;
using Mdf.Training.Restoration;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using L1Loss = Mdf.Losses.L1Loss;

namespace Mdf.Training.Tests.Restoration;

/// <summary>Tests settings of trainings: parts of batches, stages, frozen weights, weight decay, clipping and schedules.</summary>
public sealed class TrainingSettingsTests : IDisposable
{
    private static readonly RestorationTrainingOptions Small = new() { Steps = 6, BatchSize = 6, PatchSize = 16, LearningRate = 1e-3 };

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly TemporaryFolder folder = new();
    private readonly L1Loss loss = new();
    private readonly ImageList images =
        new([SyntheticImage.DeadLeaves(40, 32, seed: 1), SyntheticImage.DeadLeaves(26, 26, seed: 2)], "leaves");

    public void Dispose()
    {
        scope.Dispose();
        loss.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(6)]
    public void Train_BatchInParts_IsTheWholeBatch(int parts)
    {
        using RestorationNetwork whole = Train(Small), divided = Train(Small with { BatchParts = parts });
        AssertSame(whole, divided, 1e-5);
    }

    [Fact]
    public void Train_Stages_TakeTheirSizesFromTheirSteps()
    {
        var sizes = new List<(long, long)>();
        var seen = new Seen(loss, sizes);
        RestorationTrainingOptions staged = Small with
        {
            Stages = [new RestorationTrainingStage(2, 20, 3), new RestorationTrainingStage(5, 24, 1)],
        };
        Train(staged, loss: seen).Dispose();
        Assert.Equal([(6, 16), (6, 16), (3, 20), (3, 20), (3, 20), (1, 24)], sizes);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Train_Stages_ResumeToTheSameWeights(int stopped)
    {
        // The second image is smaller than the largest patch, so it is skipped in every stage.
        RestorationTrainingOptions staged = Small with
        {
            SaveInterval = 1,
            Frozen = ["dncnn.0"],
            WeightDecay = 0.01,
            GradientClipValue = 0.01,
            Schedule = LearningRateSchedule.CosineWithRestarts(2).AfterWarmUp(2),
            Stages = [new RestorationTrainingStage(3, 32, 2), new RestorationTrainingStage(5, 8, 2)],
        };
        using RestorationNetwork whole = Train(staged);
        using var stop = new CancellationTokenSource();
        using RestorationNetwork part = Train(
            staged, output: folder.FullName, progress: new Reporter(p => CancelAt(p.Step, stopped, stop)), cancellation: stop.Token);
        Assert.Equal(stopped, RestorationTrainer.FindSaved(folder.FullName)!.Step);
        using RestorationNetwork resumed = Train(staged, output: folder.FullName);
        AssertSame(whole, resumed, 0);
    }

    [Fact]
    public void Train_Frozen_StayAsTheyAreAndAreFreeAgain()
    {
        using DnCnn before = TestNetworks.Denoiser(normalization: false);
        using RestorationNetwork network = Train(Small with { Frozen = ["dncnn.0", "dncnn.4.bias"] });
        Dictionary<string, Tensor> old = before.state_dict(), now = network.state_dict();
        string[] same = [.. old.Keys.Where(name => old[name].equal(now[name]).all().item<bool>())];
        Assert.Equal(["dncnn.0.weight", "dncnn.0.bias", "dncnn.4.bias"], same);
        Assert.All(network.parameters(), weight => Assert.True(weight.requires_grad));
    }

    [Fact]
    public void Train_FrozenNameThatDoesNotExist_IsNamed()
    {
        string message = Assert.Throws<ArgumentException>("input", () => Train(Small with { Frozen = ["head"] })).Message;
        Assert.StartsWith(
            "Frozen has 'head', but no weight has this name or beginning; the weights are dncnn.0.weight, dncnn.0.bias,",
            message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            "No weight is left to train;",
            Assert.Throws<ArgumentException>("input", () => Train(Small with { Frozen = ["dncnn"] })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void StepSafely_WeightDecay_IsAdamW()
    {
        using var generator = new Generator(3, CPU);
        Tensor start = randn([4, 3], generator: generator), gradient = randn([4, 3], generator: generator);
        using var mine = new Parameter(start.clone());
        using var theirs = new Parameter(start.clone());
        using Adam adam = optim.Adam([mine], lr: 0.1);
        using AdamW adamW = optim.AdamW([theirs], lr: 0.1, weight_decay: 0.3);
        for (int i = 0; i < 5; i++)
        {
            adam.zero_grad();
            adamW.zero_grad();
            (mine * gradient).sum().backward();
            (theirs * gradient).sum().backward();
            adam.StepSafely(weightDecay: 0.3);
            adamW.step();
        }

        TensorAssert.Near(theirs, mine, 1e-6);
        Assert.Throws<ArgumentOutOfRangeException>("weightDecay", () => adam.StepSafely(-1));
    }

    [Fact]
    public void Clip_Values_AreLimitedOneByOne()
    {
        using var weight = new Parameter(zeros(3));
        (weight * tensor(new[] { -3f, 0.5f, 2f })).sum().backward();
        GradientClipping.Clip([weight], Small with { GradientClipValue = 1 });
        TensorAssert.Near(tensor(new[] { -1f, 0.5f, 1f }), weight.grad!, 0);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 0.1)]
    [InlineData(9, 0.01)]
    public void MultiStep_Factor_ChangesAfterTheMilestones(int done, double factor) =>
        Assert.Equal(factor, LearningRateSchedule.MultiStep([3, 7], 0.1).FactorAt(done, 10), 1e-12);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 0.5)]
    [InlineData(4, 1)]
    [InlineData(8, 0.5)]
    [InlineData(12, 1)]
    public void CosineWithRestarts_Factor_RestartsWithLongerPeriods(int done, double factor) =>
        Assert.Equal(factor, LearningRateSchedule.CosineWithRestarts(4, growth: 2).FactorAt(done, 100), 1e-12);

    [Theory]
    [InlineData(0, 0.25)]
    [InlineData(3, 1)]
    [InlineData(4, 1)]
    [InlineData(7, 0.5)]
    public void AfterWarmUp_Factor_RisesAndThenFollowsTheSchedule(int done, double factor)
    {
        LearningRateSchedule schedule = LearningRateSchedule.Cosine().AfterWarmUp(4);
        Assert.Equal(factor, schedule.FactorAt(done, 10), 1e-12);
        Assert.Equal("cosine to 0 after a warm-up of 4 steps", schedule.ToString());
    }

    [Fact]
    public void Options_BadValues_AreNamed()
    {
        Refuse(nameof(Small.BatchParts), Small with { BatchParts = 7 });
        Refuse(nameof(Small.WeightDecay), Small with { WeightDecay = -1 });
        Refuse(nameof(Small.GradientClipValue), Small with { GradientClipValue = 0 });
        Refuse(nameof(Small.Frozen), Small with { Frozen = null! });
        Refuse(nameof(Small.Stages), Small with { Stages = [new(0, 16, 1)] });
        Refuse(nameof(Small.Stages), Small with { Stages = [new(5, 16, 1), new(5, 16, 1)] });
        Refuse(nameof(Small.Stages), Small with { Stages = [new(5, 4, 1)] });
        Assert.Throws<ArgumentOutOfRangeException>("milestones", () => LearningRateSchedule.MultiStep([]));
        Assert.Throws<ArgumentOutOfRangeException>("milestones", () => LearningRateSchedule.MultiStep([4, 4]));
        Assert.Throws<ArgumentOutOfRangeException>("growth", () => LearningRateSchedule.CosineWithRestarts(3, 0.5));
        Assert.Throws<ArgumentOutOfRangeException>("steps", () => LearningRateSchedule.Constant.AfterWarmUp(0));
    }

    private static void Refuse(string name, RestorationTrainingOptions options) =>
        Assert.Throws<ArgumentOutOfRangeException>(name, () => new RestorationTrainer(options));

    private static void CancelAt(int step, int stopped, CancellationTokenSource stop)
    {
        if (step == stopped)
        {
            stop.Cancel();
        }
    }

    private static void AssertSame(RestorationNetwork expected, RestorationNetwork actual, double tolerance)
    {
        foreach ((string name, Tensor weight) in expected.state_dict())
        {
            TensorAssert.Near(weight, actual.state_dict()[name], tolerance);
        }
    }

    private DnCnn Train(
        RestorationTrainingOptions options,
        nn.Module<Tensor, Tensor, Tensor>? loss = null,
        string? output = null,
        IProgress<RestorationTrainingProgress>? progress = null,
        CancellationToken? cancellation = null)
    {
        DnCnn network = TestNetworks.Denoiser(normalization: false);
        new RestorationTrainer(options).Train(
            network,
            loss ?? this.loss,
            images,
            new GaussianNoise(25),
            outputFolder: output,
            progress: progress,
            cancellation: cancellation ?? TestContext.Current.CancellationToken);
        return network;
    }

    /// <summary>A loss that notes the sizes of what it is given.</summary>
    private sealed class Seen(L1Loss loss, List<(long, long)> sizes) : Loss<Tensor, Tensor, Tensor>(nn.Reduction.Mean)
    {
        public override Tensor forward(Tensor restored, Tensor reference)
        {
            sizes.Add((restored.shape[0], restored.shape[3]));
            return loss.call(restored, reference);
        }
    }
}

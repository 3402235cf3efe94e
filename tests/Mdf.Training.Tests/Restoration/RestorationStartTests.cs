using Mdf.Checkpoints;
using Mdf.Data;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Losses;
using Mdf.Models.Restoration;
using Mdf.Testing;
using Mdf.Testing.Networks;
using Mdf.Training.Restoration;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Training.Tests.Restoration;

/// <summary>Tests how trainings start, and how finished ones go on.</summary>
public sealed class RestorationStartTests : IDisposable
{
    private static readonly RestorationTrainingOptions Small = new()
    {
        Steps = 6,
        BatchSize = 2,
        PatchSize = 16,
        LearningRate = 1e-3,
        LogInterval = 2,
        ValidationInterval = 3,
        SaveInterval = 2,
    };

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly TemporaryFolder folder = new();
    private readonly ImageList images = new([SyntheticImage.DeadLeaves(40, 32, seed: 1)], "leaves");

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Train_StartThatFails_LeavesNothing()
    {
        using DnCnn network = TestNetworks.Denoiser();
        using var each = new L2Loss(new LossOptions { Reduction = nn.Reduction.None });
        using var loss = new L2Loss();
        var trainer = new RestorationTrainer(Small);
        string output = folder.PathOf("new/output");
        CancellationToken running = TestContext.Current.CancellationToken;

        Assert.Throws<ArgumentException>(
            () => trainer.Train(network, each, images, new GaussianNoise(50), outputFolder: output, cancellation: running));
        Assert.Throws<InvalidOperationException>(
            () => trainer.Train(network, loss, images, new BicubicDownsampling(3), outputFolder: output, cancellation: running));
        Assert.Throws<IOException>(() => new RestorationTrainer(Small with { PatchSize = 64 })
            .Train(network, loss, images, new GaussianNoise(50), outputFolder: output, cancellation: running));
        using var two = new CustomNetwork(new GrayNetwork(), new CustomNetworkOptions { Channels = 2 });
        Assert.Contains(
            "2 channels; expected 0",
            Assert.Throws<ArgumentException>(() => new RestorationTrainer(Small with { ValidationPatches = 1 })
                .Train(two, loss, images, new GaussianNoise(50), outputFolder: output, cancellation: running)).Message,
            StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.PathOf("new")));
        Assert.Null(RestorationTrainer.FindSaved(output));

        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Equal(0, trainer.Train(
            network, loss, images, new GaussianNoise(50), outputFolder: output, cancellation: cancelled.Token).Step);
        Assert.False(Directory.Exists(folder.PathOf("new")));
    }

    [Fact]
    public void Train_StateAtStepZero_HindersNoOtherTraining()
    {
        Train(Small);
        string path = folder.PathOf("state.safetensors");
        using (StateDictionary saved = SafetensorsFile.Read(path))
        {
            SafetensorsFile.Write(path, saved, new Dictionary<string, string>(saved.Metadata) { ["step"] = "0", ["logged"] = "0" });
        }

        Assert.Null(RestorationTrainer.FindSaved(folder.FullName));
        Assert.Equal(6, Train(Small with { Seed = 2, LearningRate = 1e-4 }).Step);
    }

    [Fact]
    public void Train_ImagesThatCannotBeDecoded_AreNamedBeforeTheFirstStep()
    {
        string data = folder.PathOf("data");
        Directory.CreateDirectory(data);
        for (int i = 0; i < 20; i++)
        {
            ImageFile.Write(Path.Combine(data, $"good{i:d2}.png"), images.Read(0).ToTensor());
        }

        byte[] good = File.ReadAllBytes(Path.Combine(data, "good00.png"));
        File.WriteAllBytes(Path.Combine(data, "cut.png"), good[..(good.Length / 2)]);
        Assert.Equal(["cut.png"], NamedAtTheFirstStep(checks: true));
        Assert.Empty(NamedAtTheFirstStep(checks: false));

        IEnumerable<string> NamedAtTheFirstStep(bool checks)
        {
            var logger = new ListLogger();
            List<string> named = [];
            using DnCnn network = TestNetworks.Denoiser();
            using var loss = new L2Loss();
            new RestorationTrainer(Small with { Steps = 1, BatchSize = 1, CheckImages = checks }, logger).Train(
                network,
                loss,
                new ImageFolder(data),
                new GaussianNoise(50),
                progress: new Reporter(_ => named.AddRange(logger.Messages.Where(m => m.Contains("cut.png", StringComparison.Ordinal)))),
                cancellation: TestContext.Current.CancellationToken);
            return named.Select(_ => "cut.png");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Train_FinishedAndMoreStepsAsked_GoesOnToTheWeightsOfOneRun(bool halves)
    {
        RestorationTrainingOptions options = Small with
        {
            Schedule = halves ? LearningRateSchedule.Step(4) : LearningRateSchedule.Constant,
            EmaDecay = 0.5,
        };
        Train(options);
        SavedRestorationTraining saved = RestorationTrainer.FindSaved(folder.FullName)!;
        Assert.Equal((6, 6, true), (saved.Step, saved.Steps, saved.IsComplete));
        Assert.NotNull(saved.BestValue);

        var logger = new ListLogger();
        Assert.Equal(11, Train(options with { Steps = 11 }, logger: logger).Step);
        Assert.Contains(logger.Messages, m => m.Contains("was 6 and is 11", StringComparison.Ordinal));
        Train(options with { Steps = 11 }, "whole");
        using RestorationNetwork extended = ModelZoo.Load(folder.PathOf("last.ckpt"));
        using RestorationNetwork whole = ModelZoo.Load(folder.PathOf("whole/last.ckpt"));
        Dictionary<string, Tensor> tensors = extended.state_dict();
        Assert.All(whole.state_dict(), t => TensorAssert.Equal(t.Value, tensors[t.Key]));
    }

    [Fact]
    public void Train_FinishedWithCosine_GoesOnByTheScheduleOfAllSteps()
    {
        RestorationTrainingOptions options = Small with { Schedule = LearningRateSchedule.Cosine() };
        Train(options);
        List<double> rates = [];
        Train(options with { Steps = 12 }, progress: new Reporter(now => rates.Add(now.LearningRate)));
        Assert.Equal(6, rates.Count);
        Assert.Equal(0.5e-3, rates[0], 1e-9);
    }

    [Fact]
    public void Train_FewerStepsThanDone_SaysHowMany()
    {
        Train(Small);
        string message = Assert.Throws<TrainingStateException>(() => Train(Small with { Steps = 5 })).Message;
        Assert.Contains("its number of steps done is 6, not at most Steps, 5. Set Steps to at least 6.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_NetworkWorseThanItsInput_IsSaidToBe()
    {
        var logger = new ListLogger();
        RestorationTrainingResult result = Train(Small with { Steps = 1, LearningRate = 0.5 }, logger: logger, noise: 1);
        Assert.True(result.Validation!.IsWorseThanDegraded);
        Assert.Contains(logger.Messages, m => m.StartsWith("The network is worse than its input", StringComparison.Ordinal));

        var other = new ListLogger();
        result = Train(Small with { Steps = 150, LearningRate = 1e-2, ValidationInterval = 1000 }, "good", other);
        Assert.False(result.Validation!.IsWorseThanDegraded);
        Assert.DoesNotContain(other.Messages, m => m.Contains("worse", StringComparison.Ordinal));
    }

    private RestorationTrainingResult Train(
        RestorationTrainingOptions options,
        string output = "",
        ListLogger? logger = null,
        IProgress<RestorationTrainingProgress>? progress = null,
        double noise = 50)
    {
        using DnCnn network = TestNetworks.Denoiser();
        using var loss = new L2Loss();
        return new RestorationTrainer(options, logger).Train(
            network,
            loss,
            images,
            new GaussianNoise(noise),
            images,
            folder.PathOf(output),
            progress: progress,
            cancellation: TestContext.Current.CancellationToken);
    }
}

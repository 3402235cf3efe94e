using System.Globalization;
using Mdf.Checkpoints;
using Mdf.Data;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Losses;
using Mdf.Models.Restoration;
using Mdf.Testing;
using Mdf.TorchCompatibility;
using Mdf.Training.Restoration;
using TorchSharp;
#pragma warning disable xUnit1051 // A token is passed where cancellation is what is tested.
using static TorchSharp.torch;

namespace Mdf.Training.Tests.Restoration;

public sealed class RestorationTrainerTests : IDisposable
{
    private const int SpeedColumn = 3;
    private const int MemoryColumn = 4;

    private static readonly RestorationTrainingOptions Small = new()
    {
        Steps = 12,
        BatchSize = 2,
        PatchSize = 16,
        LearningRate = 1e-3,
        Schedule = LearningRateSchedule.Cosine(0.1),
        EmaDecay = 0.8,
        GradientClipNorm = 0.5,
        LogInterval = 3,
        ValidationInterval = 4,
        SaveInterval = 5,
    };

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly TemporaryFolder folder = new();
    private readonly ImageList images;
    private readonly ImageList validation;

    public RestorationTrainerTests()
    {
        images = Leaves(1, 4);
        validation = Leaves(9, 1);
    }

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Train_Denoising_MakesImagesBetter()
    {
        using DnCnn network = TestNetworks.Denoiser();
        RestorationTrainingOptions options =
            Small with { Steps = 150, LearningRate = 1e-2, BatchSize = 4, GradientClipNorm = null, ValidationInterval = 1000 };
        using var loss = new L2Loss();
        RestorationTrainingResult result = new RestorationTrainer(options).Train(network, loss, images, new GaussianNoise(50), validation);

        Assert.True(result.IsComplete);
        Assert.Equal((150, 150), (result.Step, result.BestStep));
        Assert.True(
            result.Validation!.Psnr > result.Validation.DegradedPsnr + 3,
            $"{result.Validation.DegradedPsnr:f2} dB became {result.Validation.Psnr:f2} dB.");
        Assert.False(network.training);
    }

    [Fact]
    public void Train_OnAGpu_GivesNearlyWhatTheCpuGives()
    {
        using var gpu = Gpu.Require();
        using Edsr onCpu = TestNetworks.Enlarger(), onGpu = TestNetworks.Enlarger();
        using MdfLoss ofCpu = MdfLoss.Pretrained(
            RestorationTask.SuperResolution), ofGpu = MdfLoss.Pretrained(RestorationTask.SuperResolution);
        RestorationTrainingResult expected = new RestorationTrainer(Small).Train(
            onCpu, ofCpu, images, new BicubicDownsampling(2), validation, folder.PathOf("cpu"));
        RestorationTrainingResult actual = new RestorationTrainer(Small).Train(
            onGpu, ofGpu, images, new BicubicDownsampling(2), validation, folder.PathOf("gpu"), device: CUDA);
        Assert.Equal(expected.Validation!.Psnr, actual.Validation!.Psnr, 0.05);
        using RestorationNetwork saved = ModelZoo.Load(folder.PathOf("gpu/best.ckpt"));
        Assert.All(saved.parameters(), p => Assert.Equal(DeviceType.CPU, p.device_type));
    }

    [Fact]
    public void Train_SuperResolution_MakesImagesBetter()
    {
        using Edsr network = TestNetworks.Enlarger();
        RestorationTrainingOptions options = Small with { Steps = 60, BatchSize = 4, EmaDecay = null };
        using var loss = new L1Loss();
        var progress = new Recorder();
        RestorationTrainingResult result = new RestorationTrainer(options).Train(
            network, loss, images, new BicubicDownsampling(2), validation, progress: progress);

        RestorationScores first = progress.Seen.First(p => p.Validation is not null).Validation!;
        Assert.True(result.Validation!.Psnr > first.Psnr + 1, $"{first.Psnr:f2} dB became {result.Validation.Psnr:f2} dB.");
    }

    [Fact]
    public void Train_ToAFolder_WritesCheckpointsThatLoad()
    {
        using DnCnn network = TestNetworks.Denoiser();
        Train(network, Small, metadata: new Dictionary<string, string> { ["loss"] = "mean squares" });

        Assert.Equal(["best.ckpt", "last.ckpt", "log.csv", "state.safetensors"], folder.FileNames());
        using RestorationNetwork last = ModelZoo.Load(folder.PathOf("last.ckpt"));
        AssertSame(network, last);
        Assert.Equal(
            ("mean squares", "12", "1", "Gaussian noise, sigma 50", "leaves"),
            (last.Metadata["loss"], last.Metadata["step"], last.Metadata["seed"], last.Metadata["degradation"], last.Metadata["data"]));
        Assert.Contains("\"Schedule\":\"cosine to 0.1\"", last.Metadata["settings"], StringComparison.Ordinal);
    }

    [Fact]
    public void Train_BestCheckpoint_IsThatOfTheHighestPsnr()
    {
        using DnCnn network = TestNetworks.Denoiser();
        RestorationTrainingResult result = Train(network, Small with { LearningRate = 0.05 });
        using RestorationNetwork best = ModelZoo.Load(folder.PathOf("best.ckpt"));
        Assert.Equal(result.BestValue, RestorationEvaluation.Evaluate(best, validation, new GaussianNoise(50)).Psnr);
        Assert.Equal(result.BestValue!.Value, Log().Where(row => row[5] != "").Max(row => Number(row[5])), 1e-6);
    }

    [Fact]
    public void Train_SameSeed_GivesTheSame()
    {
        using DnCnn one = TestNetworks.Denoiser(), same = TestNetworks.Denoiser(), other = TestNetworks.Denoiser();
        Train(one, Small, outputFolder: null);
        Train(same, Small with { PrefetchDepth = 4, PrefetchWorkers = 3 }, outputFolder: null);
        Train(other, Small with { Seed = 2 }, outputFolder: null);
        AssertSame(one, same);
        Assert.NotEqual(0, TensorAssert.LargestDifference(one.parameters().First(), other.parameters().First()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(11)]
    public void Train_CancelledAndResumed_GivesWhatItWouldHaveGiven(int step)
    {
        using DnCnn whole = TestNetworks.Denoiser(), parts = TestNetworks.Denoiser(), resumed = TestNetworks.Denoiser(seed: 2);
        Train(whole, Small, outputFolder: "whole");
        using var cancellation = new CancellationTokenSource();
        var progress = new Recorder(now =>
        {
            if (now.Step == step)
            {
                cancellation.Cancel();
            }
        });
        RestorationTrainingResult stopped = Train(parts, Small, "parts", progress, cancellation: cancellation.Token);
        Assert.Equal((step, false), (stopped.Step, stopped.IsComplete));

        var after = new Recorder();
        Assert.True(Train(resumed, Small, "parts", after).IsComplete);
        Assert.Equal(12 - step, after.Seen.Count);
        AssertSameFolders(whole, resumed);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(11)]
    public void Train_TornAwayAndResumed_GivesWhatItWouldHaveGiven(int step)
    {
        // An exception from progress stands for the end of the process: nothing is saved after it.
        using DnCnn whole = TestNetworks.Denoiser(), parts = TestNetworks.Denoiser(), resumed = TestNetworks.Denoiser(seed: 2);
        Train(whole, Small, outputFolder: "whole");
        Assert.Throws<TimeoutException>(() => Train(parts, Small, "parts", new Recorder(now =>
        {
            if (now.Step == step)
            {
                throw new TimeoutException();
            }
        })));
        File.AppendAllText(folder.PathOf("parts/log.csv"), "1"); // a row of step 13, say, that was being written

        Train(resumed, Small, "parts");
        AssertSameFolders(whole, resumed);
    }

    [Fact]
    public void Train_CancelledInAValidation_RepeatsItLater()
    {
        using DnCnn whole = TestNetworks.Denoiser(), parts = TestNetworks.Denoiser(), resumed = TestNetworks.Denoiser(seed: 2);
        Train(whole, Small, outputFolder: "whole");
        using var cancellation = new CancellationTokenSource();
        var interrupting = new Interrupting(validation, cancellation);
        RestorationTrainingResult stopped = Train(parts, Small, "parts", from: interrupting, cancellation: cancellation.Token);
        Assert.Equal((4, false), (stopped.Step, stopped.IsComplete));

        Train(resumed, Small, "parts");
        AssertSameFolders(whole, resumed);
    }

    [Fact]
    public void Train_Complete_DoesNothingMore()
    {
        using DnCnn network = TestNetworks.Denoiser(), again = TestNetworks.Denoiser(seed: 2);
        Train(network, Small);
        var progress = new Recorder();
        RestorationTrainingResult result = Train(again, Small, progress: progress);
        Assert.True(result.IsComplete);
        Assert.Empty(progress.Seen);
        AssertSame(network, again);
    }

    [Fact]
    public void Train_Progress_IsToldOfEachStep()
    {
        using DnCnn network = TestNetworks.Denoiser();
        var progress = new Recorder();
        Train(network, Small, outputFolder: null, progress: progress);
        Assert.Equal(Enumerable.Range(1, 12), progress.Seen.Select(p => p.Step));
        Assert.Null(progress.Seen[1].Loss);
        Assert.NotNull(progress.Seen[2].Loss);
        Assert.Equal(1e-3, progress.Seen[0].LearningRate);
        Assert.Equal(TimeSpan.Zero, progress.Seen[^1].Remaining);
        Assert.Equal(progress.Seen[^1].Validation!.Psnr, RestorationEvaluation.Evaluate(network, validation, new GaussianNoise(50)).Psnr);
    }

    [Fact]
    public void Train_Log_HasARowForEachDueStep()
    {
        using DnCnn network = TestNetworks.Denoiser();
        Train(network, Small with { TensorBoard = true });
        Assert.Equal(
            "step,loss,learning_rate,images_per_second,resident_mib,validation_psnr,validation_ssim",
            File.ReadLines(folder.PathOf("log.csv")).First());
        string[][] rows = Log();
        Assert.Equal(["3", "4", "6", "8", "9", "12"], rows.Select(r => r[0]));
        Assert.Equal(["", "x", "", "x", "", "x"], rows.Select(r => r[5] == "" ? "" : "x"));
        Assert.All(rows, r => Assert.All([r[1], r[2], r[SpeedColumn], r[MemoryColumn]], value => Assert.True(Number(value) > 0)));

        byte[] events = File.ReadAllBytes(Assert.Single(Directory.GetFiles(folder.PathOf("tensorboard"))));
        string text = System.Text.Encoding.Latin1.GetString(events);
        Assert.Equal(rows.Length, text.Split("learning_rate").Length - 1);
        Assert.Equal(3, text.Split("validation_psnr").Length - 1);
    }

    [Fact]
    public void Train_LossOfTheLog_IsTheMeanOfItsSteps()
    {
        using DnCnn network = TestNetworks.Denoiser(), again = TestNetworks.Denoiser();
        Train(network, Small with { LogInterval = 1 }, outputFolder: "each");
        Train(again, Small with { LogInterval = 4 }, outputFolder: "four");
        double[] each = Losses("each"), four = Losses("four");
        Assert.Equal(3, four.Length);
        Assert.All(four.Index(), f => Assert.Equal(each.Skip(4 * f.Index).Take(4).Average(), f.Item, 1e-8));

        double[] Losses(string name) => [.. Log(name).Select(r => Number(r[1]))];
    }

    [Fact]
    public void Train_FolderOfAllKinds_GoesThroughAndReports()
    {
        string data = Path.GetFullPath(folder.PathOf("data"));
        Directory.CreateDirectory(Path.Combine(data, "more"));
        ImageFile.Write(Path.Combine(data, "huge.png"), SyntheticImage.DeadLeaves(200, 160, seed: 1).repeat(1, 1, 8, 8));
        ImageFile.Write(Path.Combine(data, "more", "gray.png"), SyntheticImage.DeadLeaves(40, 30, seed: 2).narrow(1, 0, 1));
        ImageFile.Write(Path.Combine(data, "tiny.png"), SyntheticImage.DeadLeaves(15, 40, seed: 3));
        ImageFile.Write(Path.Combine(data, "enormous.png"), zeros(1, 3, 1600, 1800));
        File.WriteAllBytes(Path.Combine(data, "deep.png"), DeepPng.Create(24, 20));
        File.WriteAllText(Path.Combine(data, "broken.jpg"), "no image");
        File.WriteAllBytes(Path.Combine(data, "cut.png"), File.ReadAllBytes(Path.Combine(data, "huge.png"))[..5000]);
        var logger = new ListLogger();
        using DnCnn network = TestNetworks.Denoiser();
        using var loss = new L2Loss();
        RestorationTrainingResult result = new RestorationTrainer(Small with { Steps = 20 }, logger).Train(
            network, loss, new ImageFolder(
                data, new ImageFolderOptions { MemoryBudget = 1 << 20, MaximumPixels = 2_500_000 }), new GaussianNoise(25), validation);

        Assert.True(result.IsComplete);
        Assert.Equal(
            ["broken.jpg", "cut.png", "enormous.png", "tiny.png"], result.Skipped.Select(s => s.Name).Order(StringComparer.Ordinal));
        Assert.Equal(4, logger.Messages.Count(m => m.Contains("Skipping image", StringComparison.Ordinal)));
    }

    [Fact]
    public void Train_LossThatIsNotFinite_KeepsTheLastGoodState()
    {
        using DnCnn network = TestNetworks.Denoiser(normalization: false);
        using var loss = new Exploding(after: 7);
        RestorationTrainingOptions options = Small with { LogInterval = 2, SaveInterval = 2, ValidationInterval = 100 };
        var exception = Assert.Throws<TrainingDivergedException>(() =>
            new RestorationTrainer(options).Train(network, loss, images, new GaussianNoise(50), outputFolder: folder.FullName));

        Assert.Null(exception.Scale);
        Assert.Equal(8, exception.Iteration);
        Assert.Contains(
            "Training diverged by step 8: the loss is not finite. The last good state is kept in ",
            exception.Message,
            StringComparison.Ordinal);
        using StateDictionary state = SafetensorsFile.Read(folder.PathOf("state.safetensors"));
        Assert.Equal("6", state.Metadata["step"]);
        Assert.All(state.Values, t => Assert.True(t.isfinite().all().item<bool>()));
    }

    [Fact]
    public void Train_StateOfAnotherTraining_IsRefused()
    {
        using DnCnn network = TestNetworks.Denoiser();
        Train(network, Small);
        using DnCnn again = TestNetworks.Denoiser();
        string message = Assert.Throws<TrainingStateException>(() => Train(again, Small with { LearningRate = 2e-3 })).Message;
        Assert.Contains("is the state of another training: its LearningRate is 0.001, not 0.002", message, StringComparison.Ordinal);
        message = Assert.Throws<TrainingStateException>(
            () => Train(again, Small, metadata: new Dictionary<string, string> { ["loss"] = "other" })).Message;
        Assert.Contains("its loss is L2Loss, not other", message, StringComparison.Ordinal);
        File.WriteAllText(folder.PathOf("state.safetensors"), "nothing");
        Assert.Throws<CheckpointFormatException>(() => Train(again, Small));
    }

    [Fact]
    public void Train_ArgumentsThatDoNotFit_AreRefused()
    {
        using DnCnn network = TestNetworks.Denoiser();
        using Edsr enlarger = TestNetworks.Enlarger();
        using var each = new L2Loss(new LossOptions { Reduction = nn.Reduction.None });
        using var loss = new L2Loss();
        var trainer = new RestorationTrainer(Small with { PatchSize = 15 });
        Assert.Contains(
            "gave values of shape (2)",
            Assert.Throws<ArgumentException>(() => trainer.Train(network, each, images, new NoDegradation())).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "expected a multiple of 2",
            Assert.Throws<ArgumentException>(() => trainer.Train(enlarger, loss, images, new BicubicDownsampling(2))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "keeps the size",
            Assert.Throws<InvalidOperationException>(() => trainer.Train(network, loss, images, new BicubicDownsampling(3))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "None of the 4 images",
            Assert.Throws<IOException>(
                () => new RestorationTrainer(Small with { PatchSize = 64 }).Train(network, loss, images, new NoDegradation())).Message,
            StringComparison.Ordinal);
        network.to(ScalarType.Float64);
        Assert.Contains(
            "expected Float32",
            Assert.Throws<ArgumentException>(() => trainer.Train(network, loss, images, new NoDegradation())).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Train_ManySteps_LeaveNoTensors()
    {
        // What making networks and optimizers leaves is the same for any number of steps.
        Assert.Equal(Left(steps: 3), Left(steps: 40));

        long Left(int steps) => LiveTensors.CountLeft(() =>
        {
            using DnCnn network = TestNetworks.Denoiser();
            using var loss = new L2Loss();
            new RestorationTrainer(
                Small with { Steps = steps, SaveInterval = 3, ValidationInterval = 3 })
                .Train(network, loss, images, new GaussianNoise(50), validation);
        });
    }

    private static ImageList Leaves(int firstSeed, int count) =>
        new(Enumerable.Range(firstSeed, count).Select(i => SyntheticImage.DeadLeaves(40, 32, seed: i)), "leaves");

    private RestorationTrainingResult Train(
        RestorationNetwork network,
        RestorationTrainingOptions options,
        string? outputFolder = "",
        IProgress<RestorationTrainingProgress>? progress = null,
        IReadOnlyDictionary<string, string>? metadata = null,
        IImageSource? from = null,
        CancellationToken cancellation = default)
    {
        using var loss = new L2Loss();
        string? output = outputFolder is null ? null : folder.PathOf(outputFolder);
        return new RestorationTrainer(options).Train(
            network, loss, images, new GaussianNoise(50), from ?? validation, output, metadata, CPU, progress, cancellation);
    }

    private string[][] Log(string name = "") =>
        [.. File.ReadLines(folder.PathOf(Path.Combine(name, "log.csv"))).Skip(1).Select(r => r.Split(','))];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static void AssertSame(RestorationNetwork expected, RestorationNetwork actual)
    {
        Dictionary<string, Tensor> tensors = actual.state_dict();
        Assert.All(expected.state_dict(), t => TensorAssert.Equal(t.Value, tensors[t.Key]));
    }

    private void AssertSameFolders(RestorationNetwork whole, RestorationNetwork resumed)
    {
        AssertSame(whole, resumed);
        foreach (string name in (string[])["state.safetensors", "last.ckpt", "best.ckpt"])
        {
            Assert.Equal(File.ReadAllBytes(folder.PathOf($"whole/{name}")), File.ReadAllBytes(folder.PathOf($"parts/{name}")));
        }

        Assert.Equal(Lasting("whole"), Lasting("parts"));

        // Without what differs from run to run.
        IEnumerable<string> Lasting(string name) =>
            Log(name).Select(r => string.Join(',', r.Where((_, i) => i is not (SpeedColumn or MemoryColumn))));
    }

    private sealed class Recorder(Action<RestorationTrainingProgress>? then = null) : IProgress<RestorationTrainingProgress>
    {
        public List<RestorationTrainingProgress> Seen { get; } = [];

        public void Report(RestorationTrainingProgress value)
        {
            Seen.Add(value);
            then?.Invoke(value);
        }
    }

    /// <summary>Cancels at the second reading; the first happens before the training.</summary>
    private sealed class Interrupting(IImageSource images, CancellationTokenSource cancellation) : IImageSource
    {
        private int reads;

        public int Count => images.Count;

        public string Description => images.Description;

        public string NameOf(int index) => images.NameOf(index);

        public StoredImage Read(int index)
        {
            if (++reads == 2)
            {
                cancellation.Cancel();
            }

            return images.Read(index);
        }
    }

    private sealed class Exploding(int after) : Loss<Tensor, Tensor, Tensor>(nn.Reduction.Mean)
    {
        private int calls;

        public override Tensor forward(Tensor restored, Tensor reference) =>
            (restored - reference).square().mean() * (++calls > after ? double.PositiveInfinity : 1);
    }
}

using Mdf.Checkpoints;
using Mdf.Data;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Losses;
using Mdf.Models.Perceptual;
using Mdf.Models.Restoration;
using Mdf.Testing;
using Mdf.Training.Restoration;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Training.Tests.Restoration;

/// <summary>Tests the output folder of the restoration trainer.</summary>
public sealed class RestorationStateTests : IDisposable
{
    private const string OptionsKey = "identity.validation options";

    private static readonly RestorationTrainingOptions Small = new()
    {
        Steps = 12,
        BatchSize = 2,
        PatchSize = 16,
        LearningRate = 1e-3,
        LogInterval = 3,
        ValidationInterval = 4,
        SaveInterval = 5,
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
    public void Train_FolderOfARunningTraining_IsRefusedUntilItEnds()
    {
        int refused = 0;
        Train(Small, progress: new Reporter(_ =>
        {
            Assert.Contains(
                $"'{folder.FullName}' is in use by another training",
                Assert.Throws<IOException>(() => Train(Small)).Message,
                StringComparison.Ordinal);
            refused++;
        }));
        Assert.Equal(12, refused);

        // After whatever end: this one is refused for its settings, and the next is not.
        Assert.Throws<TrainingStateException>(() => Train(Small with { Seed = 2 }));
        Train(Small);
        Assert.Equal(["best.ckpt", "last.ckpt", "log.csv", "state.safetensors"], folder.FileNames());
    }

    [Fact]
    public void Train_LockOfAKilledTraining_IsNoHindrance()
    {
        folder.Write("state.safetensors.lock", "");
        Assert.True(Train(Small).IsComplete);
        Assert.DoesNotContain("state.safetensors.lock", folder.FileNames());
    }

    [Fact]
    public void Train_OtherValidationOptions_AreRefused()
    {
        Train(Small);
        foreach (RestorationEvaluationOptions other in (RestorationEvaluationOptions[])[
            new() { Seed = 2 }, new() { MaximumCount = 1 }, new() { SelfEnsemble = true }, new() { Metrics = new() { CropBorder = 1 } }])
        {
            Assert.Contains(
                "its validation options is {",
                Assert.Throws<TrainingStateException>(() => Train(Small with { Validation = other })).Message,
                StringComparison.Ordinal);
        }

        Train(Small with { Validation = new() { Tiling = new() { TileSize = 100 } } });
    }

    [Fact]
    public void Train_StateThatDoesNotTellItsValidationOptions_IsGoneOnWith()
    {
        Train(Small);
        string path = folder.PathOf("state.safetensors");
        using (StateDictionary state = SafetensorsFile.Read(path))
        {
            Assert.Contains(OptionsKey, state.Metadata.Keys);
            SafetensorsFile.Write(path, state, state.Metadata.Where(m => m.Key != OptionsKey).ToDictionary());
        }

        Assert.Equal(12, Train(Small with { Validation = new() { Seed = 2 } }).Step);
    }

    [Fact]
    public void Train_ValidationThatCannotBe_IsRefusedBeforeTheFirstStep()
    {
        int steps = 0;
        var progress = new Reporter(_ => steps++);
        var small = new ImageList([SyntheticImage.DeadLeaves(40, 9, seed: 3)], "small");
        Assert.Contains(
            "at least 11 each way",
            Assert.Throws<IOException>(() => Train(Small, progress: progress, validation: small)).Message,
            StringComparison.Ordinal);

        using var backbone = new AlexNetFeatures("relu5");
        using var lpips = new LpipsLoss(backbone);
        using var grey = new DnCnn(new DnCnnOptions { Channels = 1, Layers = 2, Width = 2 });
        RestorationTrainingOptions perceptual = Small with { Validation = new() { Lpips = lpips } };
        Assert.Contains(
            "expected 3 for LPIPS",
            Assert.Throws<ArgumentException>(() => Train(perceptual, grey, progress)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>("MaximumCount", () => Train(Small with { Validation = new() { MaximumCount = 0 } }));
        Assert.Equal(0, steps);
        Assert.Empty(folder.FileNames());
    }

    [Theory]
    [InlineData(12, null)]
    [InlineData(4, "")]
    public void Train_WeightsThatAreNotFinite_AreNeitherSavedNorReturned(int step, string? output)
    {
        // The loss of that step is as it should be; its gradient is not, and the step is followed by the end or by a validation.
        using DnCnn network = TestNetworks.Denoiser(normalization: false);
        using var loss = new Poisoned(step);
        var exception = Assert.Throws<TrainingDivergedException>(() => new RestorationTrainer(Small).Train(
            network, loss, images, new GaussianNoise(50), output is null ? null : images, output is null ? null : folder.PathOf(output),
            cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(step, exception.Iteration);
        Assert.DoesNotContain("best.ckpt", folder.FileNames());
    }

    [Fact]
    public void Train_TornAwayAndResumed_TellsTensorBoardEachRowOnce()
    {
        RestorationTrainingOptions options = Small with { TensorBoard = true };
        Assert.Throws<TimeoutException>(() => Train(options, progress: new Reporter(now =>
        {
            if (now.Step == 9)
            {
                throw new TimeoutException();
            }
        })));
        Train(options);
        string[] files = Directory.GetFiles(folder.PathOf("tensorboard"));
        string text = string.Concat(files.Select(f => System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(f))));
        Assert.Equal(6, text.Split("learning_rate").Length - 1);
        Assert.Equal(3, text.Split("validation_psnr").Length - 1);

        // What a training that came to its end wrote stays as it is.
        Train(options);
        Assert.All(files, f => Assert.True(File.Exists(f)));
    }

    [Fact]
    public void Train_ValidationPatches_AreWrittenAtEachValidation()
    {
        Tensor[] photographs = [SyntheticImage.DeadLeaves(60, 200, seed: 1), SyntheticImage.DeadLeaves(130, 110, seed: 2)];
        var validation = new ImageList(photographs, "photographs");
        RestorationTrainingOptions options = Small with { TensorBoard = true, ValidationPatches = 3 };
        Train(options, validation: validation);
        string[] pictures = [.. Directory.GetFiles(folder.PathOf("patches")).Order(StringComparer.Ordinal)];
        Assert.Equal(["00000004-1.png", "00000008-1.png", "00000012-1.png"], pictures.Select(Path.GetFileName));
        using Tensor first = ImageFile.Read(pictures[0]), last = ImageFile.Read(pictures[2]);
        Assert.Equal([1, 3, 96, (3 * 96) + 8], last.shape);

        // The reference is the middle of the photograph that is large enough; the network's output changes.
        using Tensor expected = photographs[1].narrow(2, 7, 96).narrow(3, 17, 96);
        TensorAssert.Near(expected, last.narrow(3, 200, 96), 0.5 / 255 + 1e-6);
        TensorAssert.Near(first.narrow(3, 0, 96), last.narrow(3, 0, 96), 0);
        Assert.NotEqual(0, TensorAssert.LargestDifference(first.narrow(3, 100, 96), last.narrow(3, 100, 96)));
        string events = string.Concat(Directory.GetFiles(folder.PathOf("tensorboard"))
            .Select(f => System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(f))));
        Assert.Equal(3, events.Split("validation/1").Length - 1);
    }

    private RestorationTrainingResult Train(
        RestorationTrainingOptions options, RestorationNetwork? network =
            null, IProgress<RestorationTrainingProgress>? progress = null, IImageSource? validation = null)
    {
        using DnCnn own = TestNetworks.Denoiser();
        using var loss = new L2Loss();
        return new RestorationTrainer(options).Train(
            network ?? own,
            loss,
            images,
            new GaussianNoise(50),
            validation ?? images,
            folder.FullName,
            progress: progress,
            cancellation: TestContext.Current.CancellationToken);
    }

    private sealed class Poisoned(int at) : Loss<Tensor, Tensor, Tensor>(nn.Reduction.Mean)
    {
        private int calls;

        // The root of zero has no derivative.
        public override Tensor forward(Tensor restored, Tensor reference) =>
            (restored - reference).square().mean() + (++calls == at ? (restored * 0).sum().sqrt() : 0);
    }
}

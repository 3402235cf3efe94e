using System.Text.Json;
using Mdf.Checkpoints;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Losses;
using Mdf.Models.Adversarial;
using Mdf.Testing;
using Mdf.TorchCompatibility;
using Mdf.Training.Discriminators;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Training.Tests.Discriminators;

public sealed class DiscriminatorTrainerTests : IDisposable
{
    private static readonly DiscriminatorTrainingOptions Small = SmallTraining.Options;

    // Results of an undisturbed training, for the tests of disturbed ones.
    private static readonly Lazy<(IReadOnlyDictionary<string, Tensor> Weights, Tensor Generated)> Whole = new(() =>
    {
        using var own = NewDisposeScope();
        using DiscriminatorTrainingResult result = Train(Small, [Leaves()], TrainingDistortion.ForTask(RestorationTask.JpegRemoval));
        return (
            result.Discriminators!.state_dict().ToDictionary(t => t.Key, t => t.Value.clone().DetachFromDisposeScope()),
            result.Samples[1].Generated.clone().DetachFromDisposeScope());
    });

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly TemporaryFolder folder = new();
    private readonly SeedImage image = Leaves();

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(RestorationTask.JpegRemoval)]
    [InlineData(RestorationTask.Denoising)]
    [InlineData(RestorationTask.SuperResolution)]
    public void Train_EachTask_GivesDiscriminatorsThatALossTakes(RestorationTask task)
    {
        var distortion = TrainingDistortion.ForTask(task);
        using DiscriminatorTrainingResult result = Train(Small, [image], distortion);
        Assert.True(result.IsComplete);
        DiscriminatorPyramid discriminators = result.Discriminators!;
        Assert.Equal([3, 3], discriminators.Scales.Select(s => s.Width));
        Assert.False(discriminators.Scales[0].training);
        Assert.Equal([(11, 14), (16, 20)], result.Samples.Select(s => ((int)s.Real.shape[2], (int)s.Real.shape[3])));
        Assert.All(result.Samples, s => Assert.Equal(s.Real.shape, s.Generated.shape));
        Assert.All(result.Samples, s => Assert.Equal(s.Real.shape, s.Input.shape));
        TensorAssert.Near(image.Pixels, result.Samples[1].Real, 1e-6);

        Assert.Equal(distortion.Task, discriminators.Metadata["task"]);
        Assert.Equal("leaves", discriminators.Metadata["seed image"]);
        Assert.Equal("14x11; 20x16", discriminators.Metadata["scale sizes"]);
        Assert.Equal(5, JsonDocument.Parse(discriminators.Metadata["settings"]).RootElement.GetProperty("Iterations").GetInt32());

        discriminators.Save(folder.PathOf("new.ckpt"));
        using var loss = new MdfLoss(folder.PathOf("new.ckpt"));
        Assert.True(loss.call(zeros_like(image.Pixels), image.Pixels).item<float>() > 0);
    }

    [Fact]
    public void Train_BatchNormalisation_SawTwelvePassesAnIteration()
    {
        // What the authors' files count: 3 x (real, generated, penalty) + 3, carried over between scales of one width.
        using DiscriminatorTrainingResult result = Train(Small);
        Assert.Equal([60, 120], result.Discriminators!.Scales.Select(s => s.state_dict()["head.norm.num_batches_tracked"].item<long>()));
    }

    [Fact]
    public void Train_BFloat16_GoesTheSameWayAndSaysSo()
    {
        using DiscriminatorTrainingResult full = Train(Small), less = Train(Small with { Precision = TrainingPrecision.BFloat16 });
        Tensor exact = full.Samples[^1].Generated, near = less.Samples[^1].Generated;
        Assert.InRange((exact - near).abs().mean().item<float>(), 1e-7, 0.02);
        Assert.Equal(
            "BFloat16", JsonDocument.Parse(less.Discriminators!.Metadata["settings"]).RootElement.GetProperty("Precision").GetString());
    }

    [Theory]
    [InlineData(TrainingPrecision.Full, 0.01)]
    [InlineData(TrainingPrecision.BFloat16, 0.02)]
    public void Train_OnAGpu_GoesTheSameWay(TrainingPrecision precision, double difference)
    {
        using var gpu = Gpu.Require();
        using DiscriminatorTrainingResult onCpu = Train(Small);
        using DiscriminatorTrainingResult result = new DiscriminatorTrainer(Small with { Precision = precision })
            .Train(
                [image],
                TrainingDistortion.ForTask(RestorationTask.JpegRemoval),
                folder.PathOf("state"),
                CUDA,
                cancellation: TestContext.Current.CancellationToken);
        Assert.InRange((onCpu.Samples[^1].Generated - result.Samples[^1].Generated).abs().mean().item<float>(), 0, difference);
        Assert.All(result.Discriminators!.state_dict().Values, t => Assert.Equal(DeviceType.CPU, t.device_type));
    }

    [Fact]
    public void Train_DiscriminatorsThatLearnNothing_AreWarnedOf()
    {
        // Undistorted, the generator's image is the seed image from the start.
        Assert.Contains(
            MessagesOf(new NoDegradation()), m => m.StartsWith("The discriminator of scale 0 could not tell", StringComparison.Ordinal));
        Assert.DoesNotContain(MessagesOf(new GaussianNoise(80)), m => m.StartsWith("The discriminator", StringComparison.Ordinal));

        List<string> MessagesOf(Degradation degradation)
        {
            var logger = new ListLogger();
            DiscriminatorTrainingOptions options = Small with { ScaleCount = 1, Iterations = 30 };
            new DiscriminatorTrainer(options, logger).Train(
                [image], new TrainingDistortion("own", degradation), cancellation: TestContext.Current.CancellationToken).Dispose();
            return logger.Messages;
        }
    }

    [Fact]
    public void Train_SameSeed_GivesTheSame()
    {
        using DiscriminatorTrainingResult one = Train(Small), other = Train(Small), another = Train(Small with { Seed = 2 });
        AssertSame(one, other);
        Assert.NotEqual(
            one.Discriminators!.state_dict()["scale.1.tail.weight"].data<float>().ToArray(),
            another.Discriminators!.state_dict()["scale.1.tail.weight"].data<float>().ToArray());
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 4)]
    [InlineData(0, 5)]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(1, 5)]
    public void Train_CancelledAndResumed_GivesWhatItWouldHaveGiven(int scale, int iteration)
    {
        string state = folder.PathOf("state");
        using var cancellation = new CancellationTokenSource();
        var progress = new Recorder(now =>
        {
            if ((now.Scale, now.Iteration) == (scale, iteration))
            {
                cancellation.Cancel();
            }
        });
        using (DiscriminatorTrainingResult part = Train(Small, state, progress, cancellation.Token))
        {
            bool atTheEnd = (scale, iteration) == (1, 5);
            Assert.Equal(atTheEnd, part.IsComplete);
            Assert.Equal(iteration == 5 ? scale + 1 : scale, part.Samples.Count);
            Assert.Equal((scale * 5) + iteration, progress.Seen.Count);
        }

        var after = new Recorder();
        using DiscriminatorTrainingResult resumed = Train(Small, state, after);
        Assert.True(resumed.IsComplete);
        Assert.Equal(10 - ((scale * 5) + iteration), after.Seen.Count);
        AssertSame(Whole.Value.Weights, resumed);
        TensorAssert.Equal(Whole.Value.Generated, resumed.Samples[1].Generated);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(9)]
    public void Train_TornAwayAndResumed_GivesWhatItWouldHaveGiven(int reports)
    {
        // An exception from progress stands for the end of the process: nothing is saved after it.
        string state = folder.PathOf("state");
        var progress = new Recorder();
        progress.Then = _ =>
        {
            if (progress.Seen.Count == reports)
            {
                throw new InvalidTimeZoneException();
            }
        };
        Assert.Throws<InvalidTimeZoneException>(() => Train(Small, state, progress));
        using DiscriminatorTrainingResult resumed = Train(Small, state);
        AssertSame(Whole.Value.Weights, resumed);
    }

    [Fact]
    public void Train_FinishedState_GivesTheResultAgain()
    {
        string state = folder.PathOf("state");
        using DiscriminatorTrainingResult one = Train(Small, state);
        var none = new Recorder();
        using DiscriminatorTrainingResult again = Train(Small, state, none);
        Assert.Empty(none.Seen);
        AssertSame(one, again);
        Assert.Equal(["state"], folder.FileNames());
    }

    [Fact]
    public void Train_StateOfOtherSettings_SaysWhichDiffers()
    {
        string state = folder.PathOf("state");
        Train(Small, state).Dispose();
        Assert.Contains("LearningRate is 0.0005, not 0.001", Refusal(Small with { LearningRate = 1e-3 }, image), StringComparison.Ordinal);
        Assert.Contains("images is leaves (20 x 16, CRC-32", Refusal(Small, image with { Name = "other" }), StringComparison.Ordinal);
        Assert.Contains("images is", Refusal(Small, image with { Pixels = image.Pixels * 0.99 }), StringComparison.Ordinal);

        Assert.Contains("finer distortion is JPEG", Assert.Throws<TrainingStateException>(
            () =>
                Train(
                    Small,
                    [image],
                    new TrainingDistortion("jpeg", new JpegCompression(7, 10), new GaussianNoise(5)),
                    state)).Message, StringComparison.Ordinal);

        // How often it is saved may change.
        Train(Small with { SaveInterval = 1 }, state).Dispose();

        string Refusal(DiscriminatorTrainingOptions options, SeedImage seed) => Assert.Throws<TrainingStateException>(
            () => Train(options, [seed], TrainingDistortion.ForTask(RestorationTask.JpegRemoval), state)).Message;
    }

    [Fact]
    public void Train_DamagedState_IsRefused()
    {
        string state = folder.PathOf("state");
        Train(Small, state).Dispose();
        byte[] bytes = File.ReadAllBytes(state);
        File.WriteAllBytes(state, bytes[..^1]);
        Assert.Throws<CheckpointFormatException>(() => Train(Small, state));

        using (var pyramid = DiscriminatorPyramid.CreateUntrained(1, 1))
        {
            pyramid.Save(state);
        }

        Assert.Contains(
            "not a training state of this version",
            Assert.Throws<CheckpointFormatException>(() => Train(Small, state)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Train_Diverging_SaysSoAndKeepsTheLastGoodState()
    {
        // Two iterations go well; what the distortion then does is beyond all bounds.
        string state = folder.PathOf("state");
        var options = Small with { ScaleCount = 1, SaveInterval = 1, Iterations = 50 };
        var progress = new Recorder();
        var distortion = new TrainingDistortion("wild", new WildAfter(() => progress.Seen.Count >= 2));
        var exception = Assert.Throws<TrainingDivergedException>(() => Train(options, [image], distortion, state, progress));
        Assert.Equal((0, 3), (exception.Scale, exception.Iteration));
        Assert.Contains($"is kept in '{state}'", exception.Message, StringComparison.Ordinal);
        using StateDictionary kept = SafetensorsFile.Read(state);
        Assert.Equal("2", kept.Metadata["iteration"]);
        Assert.All(kept.Values.Where(t => t.is_floating_point()), t => Assert.True(t.isfinite().all().item<bool>()));
    }

    [Fact]
    public void Train_DivergingWithoutAState_NamesNone()
    {
        var exception = Assert.Throws<TrainingDivergedException>(() => Train(Small with { LearningRate = 1e4 }));
        Assert.DoesNotContain("is kept in", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_DistortionThatChangesTheSize_IsNamed() => Assert.Contains(
        "BicubicDownsampling changed the images' size from",
        Assert.Throws<InvalidOperationException>(
            () => Train(Small, [image], new TrainingDistortion("sr", new BicubicDownsampling(2)))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Train_StateThatCannotBeWritten_FailsBeforeTheFirstIteration()
    {
        var progress = new Recorder();
        folder.Write("file", "no folder");
        Assert.ThrowsAny<IOException>(() => Train(Small, folder.PathOf("file/state"), progress));
        Assert.Empty(progress.Seen);
    }

    // Kernels in C# compute multiples of 32, where the processor has AVX2.
    [Theory]
    [InlineData(5)]
    [InlineData(32)]
    public void Train_WiderScaleAndUndistortedSkip_ResumesAcrossTheChangeOfWidth(int width)
    {
        DiscriminatorTrainingOptions options =
            Small with { ScaleCount = 5, Width = width, MaximumWidth = 2 * width, Iterations = 2, Skip = GeneratorSkip.Undistorted };
        using DiscriminatorTrainingResult whole = Train(options);
        Assert.Equal([width, width, width, width, 2 * width], whole.Discriminators!.Scales.Select(s => s.Width));
        string state = folder.PathOf("state");
        using var cancellation = new CancellationTokenSource();
        var progress = new Recorder();
        progress.Then = _ =>
        {
            if (progress.Seen.Count == 9)
            {
                cancellation.Cancel();
            }
        };
        Train(options, state, progress, cancellation.Token).Dispose();
        using DiscriminatorTrainingResult resumed = Train(options, state);
        AssertSame(whole, resumed);
    }

    [Fact]
    public void Train_Progress_GoesThroughAllIterations()
    {
        var progress = new Recorder();
        Train(Small, progress: progress).Dispose();
        Assert.Equal(
            Enumerable.Range(0, 2).SelectMany(k => Enumerable.Range(1, 5).Select(i => (k, i))),
            progress.Seen.Select(p => (p.Scale, p.Iteration)));
        Assert.All(progress.Seen, p => Assert.Equal((2, 5), (p.ScaleCount, p.Iterations)));
        Assert.Equal((16, 20), (progress.Seen[^1].Height, progress.Seen[^1].Width));
        Assert.Equal(TimeSpan.Zero, progress.Seen[^1].Remaining);
        Assert.True(progress.Seen[0].Remaining > TimeSpan.Zero);
        Assert.All(progress.Seen, p => Assert.Equal(p.RealScore - p.FakeScore, p.WassersteinEstimate, 1e-12));
    }

    [Fact]
    public void Train_SmallPreset_LearnsToRestoreAndToTell()
    {
        var options = Small with { ScaleCount = 1, Width = 12, Iterations = 60, MaximumSide = 32 };
        var progress = new Recorder();
        using DiscriminatorTrainingResult result = Train(
            options,
            [new SeedImage("leaves", SyntheticImage.DeadLeaves(32, 32, seed: 3))],
            new TrainingDistortion("denoise", new GaussianNoise(50)),
            progress: progress);
        Assert.True(progress.Seen[^1].ReconstructionError < 0.5 * progress.Seen[0].ReconstructionError);

        // The critic tells the seed image from noise of any strength.
        using Tensor noisy = new GaussianNoise(50).Apply(result.Samples[0].Real, new Random(7));
        MdfDiscriminator discriminator = result.Discriminators!.Scales[0];
        double ofReal = Score(result.Samples[0].Real), ofNoisy = Score(noisy);
        Assert.True(ofReal > ofNoisy, $"{ofReal} > {ofNoisy}");

        double Score(Tensor images) => discriminator.call((images * 2) - 1).mean().item<float>();
    }

    [Fact]
    public void Train_SeveralImages_OfDifferentSizes()
    {
        DiscriminatorTrainingOptions options = Small with { MaximumSide = 30 };
        var other = new SeedImage("more leaves", SyntheticImage.DeadLeaves(14, 30, seed: 4));
        using DiscriminatorTrainingResult result = Train(options, [image, other], TrainingDistortion.ForTask(RestorationTask.Denoising));
        Assert.Equal("leaves, more leaves", result.Discriminators!.Metadata["seed image"]);
        Assert.Equal("14x11, 11x24; 20x16, 14x30", result.Discriminators.Metadata["scale sizes"]);
        using DiscriminatorTrainingResult alone = Train(options, [image], TrainingDistortion.ForTask(RestorationTask.Denoising));
        Assert.False(
            result.Discriminators.state_dict()["scale.1.tail.weight"].eq(
                alone.Discriminators!.state_dict()["scale.1.tail.weight"]).all().item<bool>());
    }

    [Fact]
    public void Train_GreyImage_TrainsDiscriminatorsOfGrey()
    {
        using Tensor grey = image.Pixels.mean([1], keepdim: true);
        using DiscriminatorTrainingResult result = Train(
            Small, [new SeedImage("grey", grey)], TrainingDistortion.ForTask(RestorationTask.JpegRemoval));
        Assert.All(result.Discriminators!.Scales, s => Assert.Equal(1, s.InputChannels));
    }

    [Fact]
    public void Train_HugeImage_IsReduced()
    {
        using Tensor huge = TestLength.IsFull
            ? SyntheticImage.DeadLeaves(1500, 1000, seed: 1)
            : SyntheticImage.DeadLeaves(600, 400, seed: 1);
        using DiscriminatorTrainingResult result = Train(
            Small with { MinimumSide = 9 }, [new SeedImage("huge", huge)], TrainingDistortion.ForTask(RestorationTask.Denoising));
        Assert.Equal([1, 3, 14, 20], result.Samples[^1].Real.shape);
    }

    [Fact]
    public void Train_SeedImageThatIsNone_IsNamed()
    {
        (string Reason, Tensor Pixels)[] cases =
        [
            ("expected one image, (1, C, H, W)", zeros(3, 16, 16)),
            ("expected one image, (1, C, H, W)", zeros(1, 0, 16, 16)),
            ("expected one image, (1, C, H, W)", zeros(2, 3, 16, 16)),
            ("floating point", zeros(1, 3, 16, 16, dtype: ScalarType.Byte)),
            ("is 10 x 16 pixels; expected at least 11", rand(1, 3, 16, 10)),
            ("is 20 x 200 pixels, reduced to 2 x 20", rand(1, 3, 200, 20)),
            ("is flat, 0.5 everywhere", full(1, 3, 16, 16, 0.5f)),
            ("has values from", rand(1, 3, 16, 16) * 255),
            ("has values from", full(1, 3, 16, 16, float.NaN)),
        ];
        foreach ((string reason, Tensor pixels) in cases)
        {
            var exception = Assert.Throws<ArgumentException>(
                () => Train(Small, [new SeedImage("bad.png", pixels)], TrainingDistortion.ForTask(RestorationTask.Denoising)));
            Assert.Contains("'bad.png'", exception.Message, StringComparison.Ordinal);
            Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
        }

        Assert.Throws<ArgumentException>(() => Train(Small, [], TrainingDistortion.ForTask(RestorationTask.Denoising)));
        Assert.Throws<ArgumentException>(
            () => Train(Small, [image, new SeedImage("grey", rand(1, 1, 16, 16))], TrainingDistortion.ForTask(RestorationTask.Denoising)));
        Assert.Throws<ArgumentException>(
            () =>
                Train(
                    Small with { ScaleCount = null },
                    [image, new SeedImage("long", rand(1, 3, 11, 11))],
                    TrainingDistortion.ForTask(RestorationTask.Denoising)));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(32)]
    public void Train_HundredsOfIterations_HoldNoMoreTensorsAndNoMoreMemory(int width)
    {
        const long Mebibyte = 1 << 20;
        int first = TestLength.Of(full: 100, usual: 30), last = TestLength.Of(full: 500, usual: 60);
        var counts = new Dictionary<int, long>();
        var memory = new Dictionary<int, long>();
        var progress = new Recorder(now =>
        {
            counts[now.Iteration] = Tensor.TotalCount;
            if (now.Iteration == first || now.Iteration == last)
            {
                GC.Collect();
                memory[now.Iteration] = Environment.WorkingSet;
            }
        });
        var larger = new SeedImage("leaves", SyntheticImage.DeadLeaves(40, 40, seed: 3));
        Train(
            Small with { ScaleCount = 1, MaximumSide = 40, Width = width, Iterations = last, SaveInterval = 1000 },
            [larger],
            TrainingDistortion.ForTask(RestorationTask.JpegRemoval),
            progress: progress).Dispose();
        Assert.Equal(counts[first / 2], counts[last]);

        // One image of three channels that is left behind a step would be 44 MiB.
        Assert.InRange(memory[last] - memory[first], long.MinValue, 16 * Mebibyte);
    }

    private static SeedImage Leaves() => new("leaves", SyntheticImage.DeadLeaves(20, 16, seed: 3));

    private static void AssertSame(DiscriminatorTrainingResult expected, DiscriminatorTrainingResult actual) =>
        AssertSame(expected.Discriminators!.state_dict(), actual);

    private static void AssertSame(IReadOnlyDictionary<string, Tensor> expected, DiscriminatorTrainingResult actual)
    {
        Dictionary<string, Tensor> got = actual.Discriminators!.state_dict();
        foreach ((string name, Tensor tensor) in expected)
        {
            TensorAssert.Equal(tensor, got[name]);
        }
    }

    private static DiscriminatorTrainingResult Train(
        DiscriminatorTrainingOptions options, IReadOnlyList<SeedImage> images, TrainingDistortion distortion, string? state =
            null, Recorder? progress = null, CancellationToken? cancellation = null) =>
        new DiscriminatorTrainer(options).Train(
            images, distortion, state, progress: progress, cancellation: cancellation ?? TestContext.Current.CancellationToken);

    private DiscriminatorTrainingResult Train(
        DiscriminatorTrainingOptions options, string? state = null, Recorder? progress = null, CancellationToken? cancellation = null) =>
        Train(options, [image], TrainingDistortion.ForTask(RestorationTask.JpegRemoval), state, progress, cancellation);

    private sealed class WildAfter(Func<bool> isWild) : Degradation
    {
        protected override Tensor Degrade(Tensor images, Random random) => isWild() ? images * float.PositiveInfinity : images + 0.01f;
    }

    private sealed class Recorder(Action<DiscriminatorTrainingProgress>? then = null) : IProgress<DiscriminatorTrainingProgress>
    {
        public Action<DiscriminatorTrainingProgress>? Then { get; set; } = then;

        public List<DiscriminatorTrainingProgress> Seen { get; } = [];

        public void Report(DiscriminatorTrainingProgress value)
        {
            Seen.Add(value);
            Then?.Invoke(value);
        }
    }
}

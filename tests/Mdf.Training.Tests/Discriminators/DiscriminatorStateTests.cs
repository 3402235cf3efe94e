using Mdf.Checkpoints;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Testing;
using Mdf.Training.Discriminators;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Training.Tests.Discriminators;

/// <summary>Tests the state file of the discriminator trainer.</summary>
public sealed class DiscriminatorStateTests : IDisposable
{
    private static readonly DiscriminatorTrainingOptions Small = SmallTraining.Options;

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly TemporaryFolder folder = new();
    private readonly SeedImage image = new("leaves", SyntheticImage.DeadLeaves(20, 16, seed: 3));
    private readonly SeedImage other = new("more leaves", SyntheticImage.DeadLeaves(16, 20, seed: 4));

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    // In the first scale and in the second.
    public static TheoryData<string, int> Cancelled => TestLength.IsFull
        ? new()
        {
            { "bfloat16", 3 }, { "bfloat16", 7 }, { "images", 3 }, { "images", 7 }, { "denoising", 3 }, { "denoising", 7 },
        }
        : new() { { "bfloat16", 3 }, { "images", 7 }, { "denoising", 3 } };

    private string StateFile => folder.PathOf("state");

    [Fact]
    public void Train_CancelledWhenWeightsHaveJustGone_SavesNothing()
    {
        // With one step each, the losses of the first iteration are those of the weights that the training began with.
        DiscriminatorTrainingOptions options =
            Small with { LearningRate = 1e38, DiscriminatorSteps = 1, GeneratorSteps = 1, SaveInterval = 1000 };
        using var cancellation = new CancellationTokenSource();
        var exception = Assert.Throws<TrainingDivergedException>(
            () => Train(options, [image], new Reporter(_ => cancellation.Cancel()), cancellation.Token));
        Assert.Equal((0, 1), (exception.Scale, exception.Iteration));
        Assert.Contains("is not finite. Train with a lower LearningRate", exception.Message, StringComparison.Ordinal);
        Assert.Empty(folder.FileNames());
    }

    [Fact]
    public void Train_FinishedScale_StaysAsItWas()
    {
        Dictionary<string, byte[]> before = [];
        var progress = new Reporter(now =>
        {
            if ((now.Scale, now.Iteration) == (1, 1))
            {
                before = FirstScale();
            }
        });
        using DiscriminatorTrainingResult result = Train(Small, [image], progress);

        Dictionary<string, byte[]> after = FirstScale();
        Assert.Contains("scale.0.generator.head.norm.running_var", before.Keys);
        Assert.Equal(before.Keys.Order(), after.Keys.Order());
        Assert.All(before, t => Assert.Equal(t.Value, after[t.Key]));
        Assert.Equal(BitConverter.GetBytes(5L * 6), before["scale.0.generator.head.norm.num_batches_tracked"]);
        Assert.All(result.Discriminators!.parameters(), p => Assert.False(p.requires_grad));

        Dictionary<string, byte[]> FirstScale()
        {
            using StateDictionary state = SafetensorsFile.Read(StateFile);
            return state.Where(
                t => t.Key.StartsWith("scale.0.", StringComparison.Ordinal)).ToDictionary(t => t.Key, t => t.Value.bytes.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Cancelled))]
    public void Train_CancelledAndResumed_GivesWhatItWouldHaveGiven(string kind, int iterations)
    {
        DiscriminatorTrainingOptions options = kind == "bfloat16" ? Small with { Precision = TrainingPrecision.BFloat16 } : Small;
        SeedImage[] images = kind == "images" ? [image, other] : [image];
        TrainingDistortion distortion = TrainingDistortion.ForTask(
            kind == "denoising" ? Losses.RestorationTask.Denoising : Losses.RestorationTask.JpegRemoval);
        using DiscriminatorTrainingResult whole = Train(options, images, distortion: distortion);
        File.Delete(StateFile);
        using var cancellation = new CancellationTokenSource();
        int seen = 0;
        var progress = new Reporter(_ =>
        {
            if (++seen == iterations)
            {
                cancellation.Cancel();
            }
        });
        using (DiscriminatorTrainingResult part = Train(options, images, progress, cancellation.Token, distortion))
        {
            Assert.False(part.IsComplete);
        }

        using DiscriminatorTrainingResult resumed = Train(options, images, distortion: distortion);
        Dictionary<string, Tensor> got = resumed.Discriminators!.state_dict();
        Assert.All(whole.Discriminators!.state_dict(), t => TensorAssert.Equal(t.Value, got[t.Key]));
        TensorAssert.Equal(whole.Samples[1].Generated, resumed.Samples[1].Generated);
    }

    [Fact]
    public void Train_StateFileOfARunningTraining_IsRefusedUntilItEnds()
    {
        int refused = 0;
        var progress = new Reporter(_ =>
        {
            var exception = Assert.Throws<IOException>(() => Train(Small, [image]));
            Assert.Contains($"'{StateFile}' is in use by another training", exception.Message, StringComparison.Ordinal);
            refused++;
        });
        Train(Small, [image], progress).Dispose();
        Assert.Equal(10, refused);
        Assert.Equal(["state"], folder.FileNames());

        // After whatever end: this one is refused for its settings, and the next is not.
        Assert.Throws<TrainingStateException>(() => Train(Small with { Seed = 2 }, [image]));
        Assert.Equal(["state"], folder.FileNames());
        Train(Small, [image]).Dispose();
    }

    [Fact]
    public void Train_StartThatFails_LeavesNothing()
    {
        string state = folder.PathOf("new/deep/state");
        var sizes = new TrainingDistortion("wrong", new BicubicDownsampling(2));
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Assert.Throws<InvalidOperationException>(
            () => new DiscriminatorTrainer(Small).Train([image], sizes, state, cancellation: cancellation));
        Assert.False(Directory.Exists(folder.PathOf("new")));
        Assert.Equal((0, 0), DiscriminatorTrainer.FindSaved(state));

        var jpeg = new TrainingDistortion("jpeg", new JpegCompression(7, 10));
        new DiscriminatorTrainer(Small).Train([image], jpeg, state, cancellation: cancellation).Dispose();
        Assert.Equal((2, 0), DiscriminatorTrainer.FindSaved(state));
    }

    [Fact]
    public void Train_StateWithoutAnIteration_HindersNoOtherTraining()
    {
        Train(Small, [image]).Dispose();
        using (StateDictionary saved = SafetensorsFile.Read(StateFile))
        {
            Dictionary<string, string> metadata = new(saved.Metadata) { ["finished"] = "0", ["iteration"] = "0" };
            SafetensorsFile.Write(StateFile, saved, metadata);
        }

        using DiscriminatorTrainingResult result = Train(Small with { Seed = 2 }, [image]);
        Assert.True(result.IsComplete);
    }

    [Fact]
    public void Train_LockOfAKilledTraining_IsNoHindrance()
    {
        File.WriteAllText(StateFile + ".lock", "");
        Train(Small, [image]).Dispose();
        Assert.Equal(["state"], folder.FileNames());
    }

    private DiscriminatorTrainingResult Train(
        DiscriminatorTrainingOptions options, IReadOnlyList<SeedImage> images, Reporter? progress =
            null, CancellationToken? cancellation = null, TrainingDistortion? distortion = null) =>
        new DiscriminatorTrainer(options).Train(
            images,
            distortion ?? new TrainingDistortion("jpeg", new JpegCompression(7, 10)),
            StateFile,
            progress: progress,
            cancellation: cancellation ?? TestContext.Current.CancellationToken);

    private sealed class Reporter(Action<DiscriminatorTrainingProgress> report) : IProgress<DiscriminatorTrainingProgress>
    {
        public void Report(DiscriminatorTrainingProgress value) => report(value);
    }
}

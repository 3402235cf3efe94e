using System.Globalization;
using Mdf.Checkpoints;
using Mdf.Data;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Losses;
using Mdf.Models.Adversarial;
using Mdf.Models.Restoration;
using Mdf.Testing;
using Mdf.Training.Restoration;
using TorchSharp;
#pragma warning disable xUnit1051 // A token is passed where cancellation is what is tested.
using static TorchSharp.torch;

namespace Mdf.Training.Tests.Restoration;

/// <summary>Several processes train one network. Threads stand for them here; Mdf.Distributed.Tests has processes.</summary>
public sealed class GroupTrainingTests : IDisposable
{
    private const double Rounding = 1e-6;

    private static readonly RestorationTrainingOptions Small = new()
    {
        Steps = 10,
        BatchSize = 4,
        PatchSize = 16,
        LearningRate = 1e-3,
        EmaDecay = 0.8,
        GradientClipNorm = 0.5,
        LogInterval = 2,
        ValidationInterval = 5,
        SaveInterval = 3,
    };

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly TemporaryFolder folder = new();
    private readonly ImageList images = Leaves(1, 4);
    private readonly ImageList validation = Leaves(9, 3);

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(2, 4, 1)]
    [InlineData(3, 5, 1)]
    [InlineData(2, 5, 2)]
    public void Train_AnyShares_GiveWhatOneProcessGives(int size, int batch, int parts)
    {
        RestorationTrainingOptions options = Small with { BatchSize = batch, BatchParts = parts };
        Outcome one = Enlarge(null, options, "one");
        Outcome[] several = ThreadGroup.Run(size, group => Enlarge(group, options, "several"));
        Assert.All(several, s => Assert.True(Distance(one.Weights, s.Weights) < Rounding));
        Assert.All(several.Skip(1), s => Assert.Equal(0, Distance(several[0].Weights, s.Weights)));
        Assert.All(several, s => Assert.Equal(one.Result.Validation!.Psnr, s.Result.Validation!.Psnr, 1e-4));
        Assert.All(
            several,
            s => Assert.Equal(one.Result.Validation!.Images.Select(i => i.Name), s.Result.Validation!.Images.Select(i => i.Name)));
        Assert.Equal(["best.ckpt", "last.ckpt", "log.csv", "state.safetensors"], Files("several"));
        Assert.All(
            Losses("one").Zip(Losses("several")), losses => Assert.Equal(losses.First, losses.Second, losses.First * 1e-5));
    }

    // Gradients go through pinned memory of the host; one GPU serves both processes where there is no other.
    [Fact]
    public void Train_OnAGpu_GivesNearlyWhatOneProcessGives()
    {
        using var gpu = Gpu.Require();
        Outcome one = Enlarge(null, Small, "one");
        Outcome[] several = ThreadGroup.Run(2, group =>
        {
            using Edsr network = TestNetworks.Enlarger();
            using var loss = new L2Loss();
            RestorationTrainingInput input = Input(network, loss, new BicubicDownsampling(2), group, "several");
            RestorationTrainingResult result = new RestorationTrainer(Small).Train(input with { Device = CUDA });
            network.cpu();
            return new Outcome(Copy(network), result);
        });
        Assert.All(several, s => Assert.True(Distance(one.Weights, s.Weights) < 1e-3));
        Assert.Equal(0, Distance(several[0].Weights, several[1].Weights));
    }

    // Statistics of each process's images; their running means are averaged, weighted by the numbers of images.
    [Fact]
    public void Train_BatchNormalization_AveragesWhatEachProcessSees()
    {
        RestorationTrainingOptions options = Small with { EmaDecay = null, GradientClipNorm = null, Steps = 4, BatchSize = 5 };
        Outcome[] several = ThreadGroup.Run(2, group => Train(Denoiser(), new GaussianNoise(50), group, options));

        using DnCnn bare = Denoiser();
        using var adam = optim.Adam(bare.parameters(), options.LearningRate, 0.9, 0.999);
        var pairs = new ImagePairs(images, new GaussianNoise(50));
        bare.train();
        for (int step = 0; step < options.Steps; step++)
        {
            using PairedBatch batch = pairs.Patches(
                5, 16, i => new SeedSequence(options.Seed).Random(SeedSequence.Purpose.Patches, step, i), leastSide: 16);
            (Tensor Buffer, Tensor Before, Tensor Mean)[] buffers =
                [.. bare.buffers().Where(b => b.is_floating_point()).Select(b => (b, b.clone(), zeros_like(b)))];
            adam.zero_grad();
            foreach ((int first, int count) in ((int, int)[])[(0, 2), (2, 3)])
            {
                Tensor restored = bare.call(batch.Degraded.narrow(0, first, count));
                (nn.functional.mse_loss(restored, batch.Reference.narrow(0, first, count)) * (count / 5.0)).backward();
                using var noGradient = no_grad();
                foreach ((Tensor buffer, Tensor before, Tensor mean) in buffers)
                {
                    mean.add_(buffer, 0.5);
                    buffer.copy_(before);
                }
            }

            using (no_grad())
            {
                foreach ((Tensor buffer, _, Tensor mean) in buffers)
                {
                    buffer.copy_(mean);
                }
            }

            adam.step();
        }

        Assert.All(several, s => Assert.All(
            bare.state_dict().Where(t => t.Value.is_floating_point()), t => TensorAssert.Near(t.Value, s.Weights[t.Key], 1e-5)));
    }

    [Fact]
    public void TrainAdversarially_SeveralProcesses_KeepEqualWeights()
    {
        RestorationTrainingOptions options = Small with { PatchSize = 32, Steps = 2 };
        Dictionary<string, Tensor>[] weights = ThreadGroup.Run(2, group =>
        {
            using Edsr network = TestNetworks.Enlarger();
            using var discriminator = new SrganDiscriminator(32);
            using var loss = new L2Loss();
            new RestorationTrainer(options).TrainAdversarially(
                Input(network, loss, new BicubicDownsampling(2), group, null), discriminator, null, CancellationToken.None);
            return Copy(network).Concat(Copy(discriminator)).ToDictionary(t => t.Key, t => t.Value);
        });
        Assert.Equal(0, Distance(weights[0], weights[1]));
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, 4)]
    [InlineData(1, 2)]
    public void Train_ResumedByOtherNumbers_GivesWhatItWouldHaveGiven(int before, int after)
    {
        Outcome one = Enlarge(null, Small, "one");

        // One process alone is asked to stop: all do, after the same step.
        using var stop = new CancellationTokenSource();
        Outcome[] first = ThreadGroup.Run(before, group => Enlarge(
            group,
            Small,
            "parts",
            new Reporter(now => stop.CancelIf(now.Step == 4 && group.Rank == before - 1)),
            group.Rank == before - 1 ? stop.Token : CancellationToken.None));
        Assert.All(first, f => Assert.False(f.Result.IsComplete));
        Assert.Single(first.Select(f => f.Result.Step).Distinct());
        Assert.InRange(first[0].Result.Step, 4, 5);

        Outcome[] second = ThreadGroup.Run(after, group => Enlarge(group, Small, "parts"));
        Assert.All(second, s => Assert.True(s.Result.IsComplete && Distance(one.Weights, s.Weights) < Rounding));
        Assert.Equal(Losses("one").Length, Losses("parts").Length);
    }

    [Fact]
    public void Train_OneProcessStoppedInAValidation_StopsAll()
    {
        using var stop = new CancellationTokenSource();
        Outcome[] stopped = ThreadGroup.Run(2, group => Enlarge(
            group,
            Small with { ValidationInterval = 2 },
            "parts",
            new Reporter(now => stop.CancelIf(now.Step == 1 && group.Rank == 1)),
            group.Rank == 1 ? stop.Token : CancellationToken.None));
        Assert.All(stopped, s => Assert.Equal((2, false), (s.Result.Step, s.Result.IsComplete)));
        Assert.All(stopped, s => Assert.Null(s.Result.Validation));
    }

    [Fact]
    public void Train_LossOfOneProcessIsNotFinite_EndsAllAndKeepsTheLastGoodState()
    {
        var exception = Assert.Throws<TrainingDivergedException>(() => ThreadGroup.Run(2, group =>
        {
            using Edsr network = TestNetworks.Enlarger();
            using var loss = new Breaking(group.Rank == 1 ? 5 : int.MaxValue);
            RestorationTrainingInput input = Input(network, loss, new BicubicDownsampling(2), group, folder: null);
            return new RestorationTrainer(Small).Train(input with { OutputFolder = folder.FullName, Validation = null });
        }));
        Assert.StartsWith(
            "Training diverged by step 6: the loss of rank 1 of 2 is not finite.", exception.Message, StringComparison.Ordinal);
        using StateDictionary state = SafetensorsFile.Read(folder.PathOf("state.safetensors"));
        Assert.Equal("3", state.Metadata["step"]);
        Assert.All(state.Values, t => Assert.True(t.isfinite().all().item<bool>()));
    }

    [Fact]
    public void Train_OneProcessFails_EndsAllByItsReason()
    {
        var ended = Assert.Throws<GroupEndedException>(() => ThreadGroup.Run(3, group => Enlarge(
            group, Small, null, new Reporter(now =>
            {
                if (now.Step == 3 && group.Rank == 2)
                {
                    throw new IOException("The disk is gone.");
                }
            }))));
        Assert.Equal("rank 2: The disk is gone.", ended.Message);
    }

    [Fact]
    public void Train_OtherSettingsThanTheFirst_AreNamed()
    {
        var ended = Assert.Throws<GroupEndedException>(() => ThreadGroup.Run(
            2, group => Enlarge(group, Small with { LearningRate = group.Rank == 0 ? 1e-3 : 2e-3 }, null)));
        Assert.StartsWith(
            "rank 1: This process trains with another 'LearningRate' than rank 0: 0.002; expected 0.001.",
            ended.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Train_FewerImagesThanProcesses_IsRefused()
    {
        var ended = Assert.Throws<GroupEndedException>(
            () => ThreadGroup.Run(3, group => Enlarge(group, Small with { BatchSize = 2 }, null)));
        Assert.Contains("BatchSize is 2 for 3 processes; expected at least 3", ended.Message, StringComparison.Ordinal);
    }

    // Without biases: the normalisation takes them off, so that their gradients are nothing but rounding.
    private static DnCnn Denoiser() => new(new DnCnnOptions { Layers = 4, Width = 16, Normalization = true, Biases = false }, seed: 1);

    private static ImageList Leaves(int firstSeed, int count) =>
        new(Enumerable.Range(firstSeed, count).Select(i => SyntheticImage.DeadLeaves(40, 32, seed: i)), "leaves");

    private static Dictionary<string, Tensor> Copy(nn.Module module) =>
        module.state_dict().ToDictionary(t => t.Key, t => t.Value.detach().clone().DetachFromDisposeScope());

    // Euclidean, as a share of the size.
    private static double Distance(Dictionary<string, Tensor> expected, Dictionary<string, Tensor> actual)
    {
        using var inner = NewDisposeScope();
        Tensor one = Flat(expected), other = cat([.. expected.Keys.Select(k => actual[k].to(ScalarType.Float64).reshape(-1))]);
        return ((one - other).norm() / one.norm()).item<double>();

        static Tensor Flat(Dictionary<string, Tensor> tensors) =>
            cat([.. tensors.Values.Select(t => t.to(ScalarType.Float64).reshape(-1))]);
    }

    private Outcome Enlarge(
        IProcessGroup? group,
        RestorationTrainingOptions options,
        string? output,
        IProgress<RestorationTrainingProgress>? progress = null,
        CancellationToken cancellation = default) =>
        Train(TestNetworks.Enlarger(), new BicubicDownsampling(2), group, options, output, progress, cancellation);

    private Outcome Train(
        RestorationNetwork network,
        Degradation degradation,
        IProcessGroup? group,
        RestorationTrainingOptions options,
        string? output = null,
        IProgress<RestorationTrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        using var loss = new L2Loss();
        using (network)
        {
            RestorationTrainingResult result = new RestorationTrainer(options).Train(
                Input(network, loss, degradation, group, output), progress, cancellation);
            return new Outcome(Copy(network), result);
        }
    }

    private RestorationTrainingInput Input(
        RestorationNetwork network,
        nn.Module<Tensor, Tensor, Tensor> loss,
        Degradation degradation,
        IProcessGroup? group,
        string? folder) =>
        new()
        {
            Network = network,
            Loss = loss,
            Images = images,
            Degradation = degradation,
            Validation = validation,
            OutputFolder = folder is null ? null : this.folder.PathOf(folder),
            Group = group,
        };

    private string[] Files(string name) => [.. Directory.GetFiles(folder.PathOf(name)).Select(f => Path.GetFileName(f)).Order()];

    private double[] Losses(string name) =>
    [
        .. from row in File.ReadLines(folder.PathOf($"{name}/log.csv")).Skip(1)
           select double.Parse(row.Split(',')[1], CultureInfo.InvariantCulture),
    ];

    private sealed record Outcome(Dictionary<string, Tensor> Weights, RestorationTrainingResult Result);

    private sealed class Breaking(int after) : Loss<Tensor, Tensor, Tensor>(nn.Reduction.Mean)
    {
        private int calls;

        public override Tensor forward(Tensor restored, Tensor reference)
        {
            using Scalar factor = ++calls > after ? double.PositiveInfinity : 1;
            Tensor difference = restored - reference;
            return (difference * difference).mean().mul(factor);
        }
    }
}

/// <summary>Cancels under a condition.</summary>
internal static class CancellationExtensions
{
    public static void CancelIf(this CancellationTokenSource source, bool condition)
    {
        if (condition)
        {
            source.Cancel();
        }
    }
}

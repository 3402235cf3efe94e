using Mdf.Data;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Losses;
using Mdf.Models.Restoration;
using Mdf.Testing;
using Mdf.Training.Restoration;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Training.Tests.Restoration;

/// <summary>Tests trainings of networks that are not of this library.</summary>
public sealed class CustomNetworkTrainingTests : IDisposable
{
    private static readonly RestorationTrainingOptions Small = new()
    {
        Steps = TestLength.IsFull ? 60 : 12,
        BatchSize = 2,
        PatchSize = 18,
        LearningRate = 1e-3,
        EmaDecay = 0.9,
        GradientClipNorm = 1,
        LogInterval = 3,
        ValidationInterval = 4,
        SaveInterval = 1,
    };

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly L1Loss loss = new();
    private readonly TemporaryFolder folder = new();
    private readonly ImageList images = new([SyntheticImage.DeadLeaves(40, 32, seed: 1)], "leaves");

    public static TheoryData<string> Networks => ["unet", "attention", "gray"];

    public void Dispose()
    {
        scope.Dispose();
        loss.Dispose();
        folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Train_FilesOfAnyStep_ResumeToTheSameBytes(string name)
    {
        string whole = Path.Combine(folder.FullName, "whole"), part = Path.Combine(folder.FullName, "part");
        int left = Small.Steps / 2;
        using CustomNetwork network = Create(name), resumed = Create(name);
        RestorationTrainingResult result = Train(network, whole, new Reporter(p =>
        {
            // A process that is killed after this step leaves these files.
            if (p.Step == left)
            {
                Directory.CreateDirectory(part);
                foreach (string file in Directory.GetFiles(whole).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
                {
                    File.Copy(file, Path.Combine(part, Path.GetFileName(file)));
                }
            }
        }));
        Assert.True(result.IsComplete);
        Assert.Equal(left, RestorationTrainer.FindSaved(part)!.Step);
        Assert.True(Train(resumed, part).IsComplete);
        foreach (string file in (string[])["state.safetensors", "last.ckpt", "best.ckpt"])
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole, file)), File.ReadAllBytes(Path.Combine(part, file)));
        }

        using CustomNetwork loaded = Create(name);
        loaded.LoadWeights(Path.Combine(whole, "last.ckpt"));
        foreach ((string weight, Tensor value) in network.state_dict())
        {
            TensorAssert.Near(value, loaded.state_dict()[weight], 0);
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Train_CustomNetwork_LearnsAndIsEvaluated(string name)
    {
        using CustomNetwork network = Create(name), before = Create(name);
        RestorationTrainingResult result = new RestorationTrainer(Small with { Steps = 60, EmaDecay = null, ValidationInterval = 60 })
            .Train(Input(network, null), cancellation: TestContext.Current.CancellationToken);
        RestorationScores first = RestorationEvaluation.Evaluate(
            before, images, new GaussianNoise(25), cancellation: TestContext.Current.CancellationToken);
        Assert.True(result.Validation!.Psnr > first.Psnr + 0.25, $"{first.Psnr:f2} dB before, {result.Validation.Psnr:f2} dB after");
        Assert.False(network.training);
    }

    [Fact]
    public void Train_WeightThatIsNotTrained_StaysAsItIs()
    {
        using CustomNetwork network = Create("gray");
        Tensor before = network.state_dict()["module.first.bias"].clone();
        Train(network, null);
        TensorAssert.Near(before, network.state_dict()["module.first.bias"], 0);
    }

    [Fact]
    public void Train_AmbientRandomNumbers_GoOnAsBefore()
    {
        using CustomNetwork network = Create("attention");
        random.manual_seed(5);
        rand(3).Dispose();
        Tensor expected = rand(3);
        random.manual_seed(5);
        rand(3).Dispose();
        Train(network, null);
        TensorAssert.Near(expected, rand(3), 0);
    }

    private static CustomNetwork Create(string name) => CustomNetworkProcess.Create(name);

    private RestorationTrainingResult Train(
        RestorationNetwork network, string? output, IProgress<RestorationTrainingProgress>? progress = null) =>
        new RestorationTrainer(Small).Train(Input(network, output), progress, TestContext.Current.CancellationToken);

    private RestorationTrainingInput Input(RestorationNetwork network, string? output) => new()
    {
        Network = network,
        Loss = loss,
        Images = images,
        Degradation = new GaussianNoise(25),
        Validation = images,
        OutputFolder = output,
    };
}

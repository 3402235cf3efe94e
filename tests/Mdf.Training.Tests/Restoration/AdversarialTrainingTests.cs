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

public sealed class AdversarialTrainingTests : IDisposable
{
    private const int Side = 16;

    private static readonly RestorationTrainingOptions Small = new()
    {
        Steps = 4,
        BatchSize = 2,
        PatchSize = Side,
        LearningRate = 1e-3,
        LogInterval = 2,
        SaveInterval = 1,
    };

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly TemporaryFolder folder = new();
    private readonly ImageList images;

    public AdversarialTrainingTests() => images = new ImageList([SyntheticImage.DeadLeaves(40, 32, seed: 1)], "leaves");

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Run_OneStep_GivesTheLossesOfThePaper()
    {
        using Edsr network = TestNetworks.Enlarger();
        using var discriminator = new SrganDiscriminator(Side);
        using var loss = new L2Loss();
        using var step = new AdversarialStep(
            network, discriminator, loss, Small with { AdversarialWeight = 0.5 }, new TrainingTeam(null, CancellationToken.None));
        Tensor degraded = rand(2, 3, Side / 2, Side / 2), reference = rand(2, 3, Side, Side);
        Tensor restored = network.call(degraded).detach();
        Tensor real = discriminator.call(reference), fake = discriminator.call(restored);
        double opposition = -(real.sigmoid().log().mean() + (1 - fake.sigmoid()).log().mean()).item<float>();
        Tensor before = network.parameters().First(p => p.requires_grad).clone(), opposing = discriminator.parameters().First().clone();

        float[] values = step.Run(degraded, reference).data<float>().ToArray();
        Assert.Equal(["loss", "content_loss", "adversarial_loss", "discriminator_loss"], step.Terms);
        Assert.Equal(values[1] + (0.5 * values[2]), values[0], 1e-5);
        Assert.Equal((restored - reference).square().mean().item<float>(), values[1], 1e-6);
        Assert.Equal(opposition, values[3], 1e-4);

        // The discriminator has learned meanwhile, from the same images: what it makes of them now is what the network was told.
        Assert.Equal(-discriminator.call(restored).sigmoid().log().mean().item<float>(), values[2], 1e-4);
        Assert.NotEqual(0, TensorAssert.LargestDifference(before, network.parameters().First(p => p.requires_grad)));
        Assert.NotEqual(0, TensorAssert.LargestDifference(opposing, discriminator.parameters().First()));
        Assert.All(discriminator.parameters(), p => Assert.True(p.requires_grad));
    }

    [Fact]
    public void TrainAdversarially_CancelledAndResumed_GivesWhatItWouldHaveGiven()
    {
        using var cancellation = new CancellationTokenSource();
        Train("whole", seed: 1);
        Assert.False(Train("parts", seed: 1, new Canceller(cancellation, step: 2), cancellation.Token).IsComplete);
        Assert.True(Train("parts", seed: 2).IsComplete);

        foreach (string name in (string[])["state.safetensors", "last.ckpt", "discriminator.ckpt"])
        {
            Assert.Equal(File.ReadAllBytes(folder.PathOf($"whole/{name}")), File.ReadAllBytes(folder.PathOf($"parts/{name}")));
        }

        Assert.StartsWith(
            "step,loss,content_loss,adversarial_loss,discriminator_loss,learning_rate",
            File.ReadLines(folder.PathOf("parts/log.csv")).First(),
            StringComparison.Ordinal);
        using var discriminator = new SrganDiscriminator(Side);
        discriminator.LoadWeights(folder.PathOf("whole/discriminator.ckpt"));
        using StateDictionary saved = SafetensorsFile.Read(folder.PathOf("whole/discriminator.ckpt"));
        Assert.Equal("L2Loss", saved.Metadata["loss"]);
    }

    [Fact]
    public void TrainAdversarially_WhatDoesNotFit_IsRefused()
    {
        using Edsr network = TestNetworks.Enlarger();
        using var grey = new DnCnn(new DnCnnOptions { Channels = 1, Layers = 2, Width = 2 });
        using var larger = new SrganDiscriminator(Side * 2);
        using var discriminator = new SrganDiscriminator(Side);
        using var loss = new L2Loss();
        var trainer = new RestorationTrainer(Small);
        Assert.Contains(
            "is for images of 32 pixels each way; expected 16",
            Assert.Throws<ArgumentException>(
                () => trainer.TrainAdversarially(network, larger, loss, images, new BicubicDownsampling(2))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "images of 1 channels; expected 3",
            Assert.Throws<ArgumentException>(
                () => trainer.TrainAdversarially(grey, discriminator, loss, images, new NoDegradation())).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RestorationTrainer(Small with { AdversarialWeight = -1 }));
    }

    [Fact]
    public void TrainAdversarially_ManySteps_LeaveNoTensors()
    {
        Assert.Equal(Left(steps: 2), Left(steps: TestLength.Of(full: 8, usual: 4)));

        long Left(int steps) => LiveTensors.CountLeft(() =>
        {
            using Edsr network = TestNetworks.Enlarger();
            using var discriminator = new SrganDiscriminator(Side);
            using var loss = new L2Loss();
            new RestorationTrainer(Small with { Steps = steps }).TrainAdversarially(
                network, discriminator, loss, images, new BicubicDownsampling(2));
        });
    }

    private RestorationTrainingResult Train(
        string name, long seed, IProgress<RestorationTrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        using Edsr network = TestNetworks.Enlarger(seed);
        using var discriminator = new SrganDiscriminator(Side, seed);
        using var loss = new L2Loss();
        return new RestorationTrainer(Small).TrainAdversarially(
            network, discriminator, loss, images, new BicubicDownsampling(2), folder.PathOf(name), progress, cancellation);
    }

    private sealed class Canceller(CancellationTokenSource cancellation, int step) : IProgress<RestorationTrainingProgress>
    {
        public void Report(RestorationTrainingProgress value)
        {
            if (value.Step == step)
            {
                cancellation.Cancel();
            }
        }
    }
}

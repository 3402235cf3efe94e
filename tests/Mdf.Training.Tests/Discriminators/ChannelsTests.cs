using Mdf.Data;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Losses;
using Mdf.Models.Restoration;
using Mdf.Testing;
using Mdf.Training.Discriminators;
using Mdf.Training.Restoration;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Training.Tests.Discriminators;

/// <summary>Tests discriminators for images of other channels than RGB, from their training to the training of a network.</summary>
public sealed class ChannelsTests : IDisposable
{
    private static readonly DiscriminatorTrainingOptions Small = SmallTraining.Options;

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Train_AnyNumberOfChannels_GivesALossForThem(int channels)
    {
        string path = TrainDiscriminators(Seed(channels));
        using var loss = new MdfLoss(path);
        using var graph = new MdfLoss(path, new MdfLossOptions { Execution = MdfExecution.Graph });
        Tensor y = Seed(channels), x = (y + (0.05 * randn_like(y))).requires_grad_(), same = x.detach().clone().requires_grad_();
        Tensor fast = loss.call(x, y), exact = graph.call(same, y);
        TensorAssert.RelativelyNear(exact, fast, 1e-4);
        fast.backward();
        exact.backward();
        Assert.InRange((x.grad! - same.grad!).norm().item<float>() / same.grad!.norm().item<float>(), 0, 1e-3);
        Assert.Equal(0, loss.call(y, y).item<float>());
        string message = Assert.Throws<ArgumentException>("restored", () => loss.call(Seed(3), Seed(3))).Message;
        Assert.Contains($"has 3 channels", message, StringComparison.Ordinal);
        Assert.Contains($"expected {channels}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_GrayDenoiserByGrayDiscriminators_LoadsAPublicCheckpointsLayout()
    {
        using var loss = new MdfLoss(TrainDiscriminators(ColorSpace.RgbToGray(Seed(3))));
        using var network = new DnCnn(new DnCnnOptions { Layers = 3, Width = 16, Channels = 1, Normalization = false, Biases = true });
        var images = new ImageList([SyntheticImage.DeadLeaves(40, 32, seed: 1)], "leaves");
        RestorationTrainingResult result = new RestorationTrainer(new RestorationTrainingOptions
        {
            Steps = 40,
            BatchSize = 2,
            PatchSize = 24,
            LearningRate = 2e-3,
        }).Train(
            new RestorationTrainingInput
            {
                Network = network,
                Loss = loss,
                Images = images,
                Degradation = new GaussianNoise(40),
                Validation = images,
            },
            cancellation: TestContext.Current.CancellationToken);
        Assert.True(result.Validation!.Psnr > result.Validation.DegradedPsnr + 1, $"{result.Validation.Psnr:f2} dB");

        // KAIR's names of a grey DnCNN with merged normalisation: model.0.weight, model.2.weight and so on.
        string path = folder.PathOf("dncnn_gray.safetensors");
        Checkpoints.SafetensorsFile.Write(
            path,
            network.state_dict().Select(w => KeyValuePair.Create(w.Key.Replace("dncnn.", "model.", StringComparison.Ordinal), w.Value)),
            new Dictionary<string, string>());
        using var other = new DnCnn(network.Options as DnCnnOptions, seed: 9);
        other.LoadWeights(path);
        foreach ((string name, Tensor weight) in network.state_dict())
        {
            TensorAssert.Near(weight, other.state_dict()[name], 0);
        }
    }

    private static Tensor Seed(int channels) => cat(
        [.. Enumerable.Range(1, channels).Select(i => SyntheticImage.DeadLeaves(30, 24, seed: i).narrow(1, 0, 1))], 1);

    private string TrainDiscriminators(Tensor seed)
    {
        string path = folder.PathOf("discriminators.ckpt");
        using DiscriminatorTrainingResult result = new DiscriminatorTrainer(Small).Train(
            [new SeedImage("seed", seed)],
            new TrainingDistortion("noise", new GaussianNoise(25)),
            cancellation: TestContext.Current.CancellationToken);
        result.Discriminators!.Save(path);
        return path;
    }
}

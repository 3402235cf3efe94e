using Mdf.Data;
using Mdf.Degradations;
using Mdf.Imaging;
using Mdf.Models.Adversarial;
using Mdf.Models.Restoration;
using Mdf.Testing;
using Mdf.TorchCompatibility;
using Mdf.Training.Restoration;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Training.Tests.Restoration;

public sealed class WeightUpdateTests
{
    // All gradients are longer than the limit, by different factors.
    private static readonly RestorationTrainingOptions Scheduled = new()
    {
        Steps = 6,
        BatchSize = 2,
        PatchSize = 16,
        LearningRate = 3e-3,
        Schedule = LearningRateSchedule.Step(2, 0.3),
        GradientClipNorm = 0.01,
    };

    [Fact]
    public void Average_AfterTwoUpdates_IsAsComputedByHand()
    {
        using var scope = NewDisposeScope();
        using DnCnn network = TestNetworks.Denoiser();
        using var average = new WeightAverage(network, decay: 0.75);
        Dictionary<string, Tensor> start = network.state_dict().ToDictionary(t => t.Key, t => t.Value.clone());
        using (no_grad())
        {
            foreach (Tensor tensor in network.state_dict().Values)
            {
                tensor.add_(4);
            }
        }

        average.Update(done: 0);
        average.Update(done: 1000);

        // 0.1 w + 0.9 (w + 4) = w + 3.6 in the first step; later 0.75 (w + 3.6) + 0.25 (w + 4) = w + 3.7. Counters are taken over.
        Assert.All(average.Tensors, t =>
            TensorAssert.Near(start[t.Key] + (t.Value.is_floating_point() ? 3.7 : 4), t.Value, 1e-5));
        Dictionary<string, Tensor> averages = average.Tensors.ToDictionary(t => t.Key, t => t.Value.clone());
        using (average.Use())
        {
            Assert.All(network.state_dict(), t => TensorAssert.Equal(averages[t.Key], t.Value));
        }

        Assert.All(network.state_dict(), t => TensorAssert.Equal(start[t.Key] + 4, t.Value));
        average.Apply();
        Assert.All(network.state_dict(), t => TensorAssert.Equal(averages[t.Key], t.Value));
    }

    // Batch normalisation's variances begin with 1, which can be a hundred times the real ones.
    [Fact]
    public void Average_SlowDecay_ForgetsTheInitialWeights()
    {
        using var scope = NewDisposeScope();
        using DnCnn network = TestNetworks.Denoiser();
        using var average = new WeightAverage(network, decay: 0.999);
        Dictionary<string, Tensor> start = network.state_dict().ToDictionary(t => t.Key, t => t.Value.clone());
        using (no_grad())
        {
            foreach (Tensor tensor in network.state_dict().Values)
            {
                tensor.add_(4);
            }
        }

        for (int i = 0; i < 100; i++)
        {
            average.Update(i);
        }

        Assert.All(average.Tensors, t => TensorAssert.Near(start[t.Key] + 4, t.Value, 1e-5));
    }

    [Theory]
    [InlineData(5, 1)]
    [InlineData(13, 1)]
    [InlineData(6.5, 0.5)]
    public void Clip_GradientsOfNorm13_AreScaledDownToTheLimit(double largest, double factor)
    {
        // 3, 4 and 12: a norm of 13.
        using var scope = NewDisposeScope();
        Parameter one = new(zeros(2)), other = new(zeros(1)), unused = new(zeros(3));
        (one.grad, other.grad) = (tensor(new float[] { 3, 4 }), tensor(new float[] { 12 }));
        GradientClipping.Clip([one, other, unused], largest);
        factor = largest == 5 ? 5.0 / 13 : factor;
        TensorAssert.Near(tensor(new[] { 3 * factor, 4 * factor }), one.grad!.to(ScalarType.Float64), 1e-5);
        TensorAssert.Near(tensor(new[] { 12 * factor }), other.grad!.to(ScalarType.Float64), 1e-5);
        Assert.Null(unused.grad);
    }

    [Fact]
    public void Steps_OfTheTrainer_AreThoseOfABareLoop()
    {
        using var scope = NewDisposeScope();
        Tensor degraded = rand(2, 3, 16, 16, generator: new Generator(1)), reference = rand(2, 3, 16, 16, generator: new Generator(2));
        using DnCnn ours = TestNetworks.Denoiser(), bare = TestNetworks.Denoiser();
        using var loss = new Mdf.Losses.L2Loss();
        var options = new RestorationTrainingOptions { LearningRate = 1e-2 };
        using var step = new SupervisedStep(ours, loss, options, new TrainingTeam(group: null, TestContext.Current.CancellationToken));
        using var adam = optim.Adam(bare.parameters(), 1e-2, 0.9, 0.999);
        for (int i = 0; i < 3; i++)
        {
            step.SetRate(1e-2 / (i + 1));
            step.Run(degraded, reference);
            adam.ParamGroups.Single().LearningRate = 1e-2 / (i + 1);
            adam.zero_grad();
            nn.functional.mse_loss(bare.call(degraded.WithChannelsLast()), reference).backward();
            adam.step();
        }

        Assert.All(bare.state_dict(), t => TensorAssert.Near(t.Value, ours.state_dict()[t.Key], 1e-6));
    }

    [Fact]
    public void Train_ScheduleAndClipping_IsABareLoop()
    {
        using var scope = NewDisposeScope();
        using DnCnn ours = TestNetworks.Denoiser(normalization: false), bare = TestNetworks.Denoiser(normalization: false);
        using var loss = new Mdf.Losses.L2Loss();
        ImageList images = Leaves();
        new RestorationTrainer(Scheduled).Train(
            ours, loss, images, new GaussianNoise(50), cancellation: TestContext.Current.CancellationToken);

        using var adam = optim.Adam(bare.parameters(), Scheduled.LearningRate, 0.9, 0.999);
        var pairs = new ImagePairs(images, new GaussianNoise(50));
        for (int i = 0; i < Scheduled.Steps; i++)
        {
            using PairedBatch batch = Batch(pairs, Scheduled, i);
            adam.ParamGroups.Single().LearningRate = RateAt(i);
            adam.zero_grad();
            nn.functional.mse_loss(bare.call(batch.Degraded), batch.Reference).backward();
            nn.utils.clip_grad_norm_(bare.parameters(), Scheduled.GradientClipNorm!.Value);
            adam.step();
        }

        Assert.All(bare.state_dict(), t => TensorAssert.Near(t.Value, ours.state_dict()[t.Key], 1e-5));
    }

    [Fact]
    public void TrainAdversarially_ScheduleAndClipping_IsABareLoop()
    {
        using var scope = NewDisposeScope();
        const int Side = 32;
        using Edsr ours = TestNetworks.Enlarger(), bare = TestNetworks.Enlarger();
        using SrganDiscriminator opponent = new(Side), bareOpponent = new(Side);
        using var loss = new Mdf.Losses.L2Loss();
        ImageList images = Leaves();

        // Large enough for what the discriminator's last normalisation leaves of few values not to be rounding alone.
        RestorationTrainingOptions options = Scheduled with { AdversarialWeight = 0.1, Steps = 4, BatchSize = 3, PatchSize = Side };
        new RestorationTrainer(options).TrainAdversarially(
            ours, opponent, loss, images, new BicubicDownsampling(2), cancellation: TestContext.Current.CancellationToken);

        using var adam = optim.Adam(bare.parameters(), options.LearningRate, 0.9, 0.999);
        using var opposing = optim.Adam(bareOpponent.parameters(), options.LearningRate, 0.9, 0.999);
        var pairs = new ImagePairs(images, new BicubicDownsampling(2), scale: 2);
        for (int i = 0; i < options.Steps; i++)
        {
            using PairedBatch batch = Batch(pairs, options, i);
            adam.ParamGroups.Single().LearningRate = opposing.ParamGroups.Single().LearningRate = RateAt(i);
            Tensor restored = bare.call(batch.Degraded);
            opposing.zero_grad();
            (
                nn.functional.logsigmoid(bareOpponent.call(batch.Reference)).neg().mean() + nn.functional.logsigmoid(
                    -bareOpponent.call(restored.detach())).neg().mean()).backward();
            opposing.step();
            adam.zero_grad();
            (
                nn.functional.mse_loss(restored, batch.Reference) + (
                    0.1 * nn.functional.logsigmoid(bareOpponent.call(restored)).neg().mean())).backward();
            nn.utils.clip_grad_norm_(bare.parameters(), options.GradientClipNorm!.Value);
            adam.step();
        }

        Assert.All(bare.state_dict(), t => TensorAssert.Near(t.Value, ours.state_dict()[t.Key], 2e-4));

        // The normalisation takes the biases before it off: their gradients are nothing but rounding, of which Adam makes steps.
        Assert.All(
            bareOpponent.named_parameters().Where(p => !p.name.EndsWith("conv.bias", StringComparison.Ordinal)),
            p => TensorAssert.Near(p.parameter, opponent.get_parameter(p.name)!, 5e-4));
    }

    private static double RateAt(int step) => Scheduled.LearningRate * Math.Pow(0.3, step / 2);

    private static ImageList Leaves() => new(Enumerable.Range(1, 2).Select(i => SyntheticImage.DeadLeaves(40, 32, seed: i)), "leaves");

    private static PairedBatch Batch(ImagePairs pairs, RestorationTrainingOptions options, int number) =>
        pairs.Patches(
            options.BatchSize,
            options.PatchSize,
            i => new SeedSequence(options.Seed).Random(SeedSequence.Purpose.Patches, number, i),
            options.PatchSize);
}

using Mdf.Models.Restoration;
using Mdf.Testing;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Training.Tests;

public sealed class WeightUpdateTests
{
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

        average.Update();
        average.Update();

        // 0.75 (0.75 w + 0.25 (w + 4)) + 0.25 (w + 4) = w + 1.75; counters are taken over.
        Assert.All(average.Network.state_dict(), t =>
            TensorAssert.Near(start[t.Key] + (t.Value.is_floating_point() ? 1.75 : 4), t.Value, 1e-5));
        Assert.False(average.Network.training);

        average.Apply();
        Assert.All(network.state_dict(), t => TensorAssert.Equal(average.Network.state_dict()[t.Key], t.Value));
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
        using var step = new SupervisedStep(ours, loss, options);
        using var adam = optim.Adam(bare.parameters(), 1e-2, 0.9, 0.999);
        for (int i = 0; i < 3; i++)
        {
            step.SetRate(1e-2 / (i + 1));
            step.Run(degraded, reference);
            adam.ParamGroups.Single().LearningRate = 1e-2 / (i + 1);
            adam.zero_grad();
            nn.functional.mse_loss(bare.call(ChannelsLast.Of(degraded)), reference).backward();
            adam.step();
        }

        Assert.All(bare.state_dict(), t => TensorAssert.Near(t.Value, ours.state_dict()[t.Key], 1e-6));
    }
}

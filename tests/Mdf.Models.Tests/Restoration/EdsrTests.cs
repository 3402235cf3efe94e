using Mdf.Models.Restoration;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Models.Tests.Restoration;

public sealed class EdsrTests
{
    [Theory]
    [InlineData(2, "tail.0.0.weight", "tail.0.0.bias")]
    [InlineData(3, "tail.0.0.weight", "tail.0.0.bias")]
    [InlineData(4, "tail.0.0.weight", "tail.0.0.bias", "tail.0.2.weight", "tail.0.2.bias")]
    public void StateDictionary_Names_AreThoseOfEdsrPyTorch(int scale, params string[] upscaling)
    {
        using var network = new Edsr(new EdsrOptions { Scale = scale, Blocks = 2, Width = 4 });
        string[] names =
        [
            "sub_mean", "add_mean", "head.0", "body.0.body.0", "body.0.body.2", "body.1.body.0", "body.1.body.2", "body.2", "tail.1",
        ];
        IEnumerable<string> expected = names.SelectMany(name => new[] { $"{name}.weight", $"{name}.bias" }).Concat(upscaling);
        Assert.Equal(expected.Order(), network.state_dict().Keys.Order());
    }

    [Fact]
    public void Forward_ZeroWeights_GivesTheMeanColor()
    {
        using var scope = NewDisposeScope();
        using var network = new Edsr(new EdsrOptions { Blocks = 1, Width = 4 });
        using (no_grad())
        {
            foreach (Tensor parameter in network.parameters().Where(p => p.requires_grad))
            {
                parameter.zero_();
            }
        }

        Tensor result = network.call(rand(1, 3, 2, 2));
        TensorAssert.Near(tensor([0.4488, 0.4371, 0.4040]).reshape(1, 3, 1, 1).expand_as(result), result, 1e-6);
    }

    [Fact]
    public void Forward_ResidualScale_ScalesTheBranches()
    {
        using var scope = NewDisposeScope();
        using var one = new Edsr(new EdsrOptions { Blocks = 1, Width = 4 }, seed: 1);
        using var half = new Edsr(new EdsrOptions { Blocks = 1, Width = 4, ResidualScale = 0.5 }, seed: 1);
        Tensor images = rand(1, 3, 6, 6);
        Tensor before = one.call(images);
        Assert.NotEqual(0, TensorAssert.LargestDifference(before, half.call(images)));

        // Halving the weights of the branch's last convolution is equivalent to a residual scale of 0.5.
        using (no_grad())
        {
            one.state_dict()["body.0.body.2.weight"].mul_(0.5);
            one.state_dict()["body.0.body.2.bias"].mul_(0.5);
        }

        TensorAssert.Near(half.call(images), one.call(images), 1e-6);
    }

    [Fact]
    public void MeanShifts_Training_StayAsTheyAre()
    {
        using var scope = NewDisposeScope();
        using var network = new Edsr(new EdsrOptions { Blocks = 1, Width = 4 });
        network.to(ScalarType.Float64).to(ScalarType.Float32);
        Tensor before = network.state_dict()["add_mean.bias"].clone();
        Assert.Equal(4, network.parameters().Count(p => !p.requires_grad));

        using var adam = optim.Adam(network.parameters(), lr: 0.1);
        network.call(rand(1, 3, 6, 6)).sum().backward();
        adam.step();

        TensorAssert.Equal(before, network.state_dict()["add_mean.bias"]);
    }

    [Fact]
    public void Create_Weights_AreUniformWithinTheInverseRootOfTheFanIn()
    {
        using var network = new Edsr(new EdsrOptions { Blocks = 1 });
        double bound = 1 / Math.Sqrt(64 * 9);
        Assert.All(["body.0.body.0.weight", "tail.0.0.bias"], name =>
        {
            using var scope = NewDisposeScope();
            Tensor values = network.state_dict()[name] / bound;
            Assert.InRange(values.max().item<float>(), 0.95, 1);
            Assert.InRange(values.min().item<float>(), -1, -0.95);
            Assert.InRange(values.std().item<float>(), 0.53, 0.63);
        });
    }
}

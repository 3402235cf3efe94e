using Mdf.Models.Restoration;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Mdf.Models.Tests.Restoration;

public sealed class MsrResNetTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void StateDictionary_Names_AreThoseOfBasicSr(int scale)
    {
        using var network = new MsrResNet(new MsrResNetOptions { Scale = scale, Blocks = 2, Width = 4 });
        string[] names =
        [
            "conv_first", "body.0.conv1", "body.0.conv2", "body.1.conv1", "body.1.conv2", "upconv1", "conv_hr", "conv_last",
            .. scale == 4 ? ["upconv2"] : Array.Empty<string>(),
        ];
        Assert.Equal(names.SelectMany(name => new[] { $"{name}.weight", $"{name}.bias" }).Order(), network.state_dict().Keys.Order());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Forward_AnyScale_IsTheFormula(int scale)
    {
        using var scope = NewDisposeScope();
        using RestorationNetwork network = SmallNetworks.Create(new MsrResNetOptions { Scale = scale, Blocks = 2, Width = 6 });
        network.to(ScalarType.Float64);
        Dictionary<string, Tensor> weights = network.state_dict();
        Tensor Convolved(Tensor x, string name) => conv2d(x, weights[$"{name}.weight"], weights[$"{name}.bias"], padding: [1, 1]);
        static Tensor Activated(Tensor x) => where(x > 0, x, x * 0.1);

        Tensor images = SmallNetworks.Images(network, 5, 6, ScalarType.Float64);
        Tensor features = Activated(Convolved(images, "conv_first"));
        features += Convolved(relu(Convolved(features, "body.0.conv1")), "body.0.conv2");
        features += Convolved(relu(Convolved(features, "body.1.conv1")), "body.1.conv2");
        features = Activated(pixel_shuffle(Convolved(features, "upconv1"), scale == 3 ? 3 : 2));
        features = scale == 4 ? Activated(pixel_shuffle(Convolved(features, "upconv2"), 2)) : features;
        Tensor smooth = interpolate(images, [5 * scale, 6 * scale], mode: InterpolationMode.Bilinear, align_corners: false);
        Tensor expected = smooth + Convolved(Activated(Convolved(features, "conv_hr")), "conv_last");

        TensorAssert.Near(expected, network.call(images), 1e-12);
    }

    [Fact]
    public void Create_Weights_AreATenthOfHes()
    {
        using var network = new MsrResNet(new MsrResNetOptions { Blocks = 1 });
        Assert.Equal(0.1 * Math.Sqrt(2.0 / (64 * 9)), network.state_dict()["body.0.conv1.weight"].std().item<float>(), 1e-4);
        Assert.Equal(0, network.state_dict()["conv_hr.bias"].abs().max().item<float>());
    }
}

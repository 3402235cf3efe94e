using Mdf.Models.Layered;
using Mdf.Models.Perceptual;
using Mdf.Models.Restoration;
using Mdf.Models.Tests.Restoration;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Models.Tests.Layered;

public sealed class LayerGraphTests
{
    public static TheoryData<RestorationOptions> Small => SmallNetworks.All;

    public static TheoryData<string> Zoo => [.. ModelZoo.Names];

    [Theory]
    [MemberData(nameof(Small))]
    public void Describe_SmallNetwork_ComputesWhatTheNetworkComputes(RestorationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        using RestorationNetwork network = SmallNetworks.Create(options);
        Compare(network, height: 13, width: 10);
    }

    [Theory]
    [MemberData(nameof(Zoo))]
    public void Describe_NetworkOfTheZoo_ComputesWhatTheNetworkComputes(string name)
    {
        using RestorationNetwork network = ModelZoo.Create(name, seed: 1);
        network.eval();
        Compare(network, height: 6, width: 7);
    }

    [Fact]
    public void Describe_Vgg_ComputesWhatTheNetworkComputes()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = new Vgg16Features("relu3_1");
        Tensor images = rand(2, 3, 19, 14);
        LayerGraph graph = network.Describe();
        Assert.Equal(network.ValueOf("relu3_1"), graph.Steps.Count);
        Assert.IsType<MaxPoolStep>(graph.Steps[network.ValueOf("pool2") - 1]);
        TensorAssert.Near(network.call(images), GraphInterpreter.Run(graph, images), 1e-6);
    }

    [Fact]
    public void Describe_NetworkWithOtherLayers_SaysWhich()
    {
        using var network = new AlexNetFeatures();
        Assert.Contains("stride 4", Assert.Throws<NotSupportedException>(network.Describe).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_ChangedWeights_AreSeen()
    {
        using var network = new DnCnn(new DnCnnOptions { Layers = 3, Width = 4 });
        LayerGraph graph = network.Describe();
        using (no_grad())
        {
            foreach (Tensor parameter in network.parameters())
            {
                parameter.zero_();
            }
        }

        Assert.All(graph.Steps.OfType<ConvolutionStep>(), step => Assert.Equal(0, step.Weight.abs().sum().item<float>()));
    }

    [Fact]
    public void Folded_NormalizationOfASharedValue_Stays()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor weight = randn(2, 2, 3, 3), each = rand(2) + 0.5;
        var layers = new LayerGraphBuilder();
        int convolved = layers.Add(new ConvolutionStep(0, weight, null, 1));
        int normalized = layers.Add(new NormalizationStep(convolved, each, each, each, each, 1e-5));
        layers.Add(new AddStep(normalized, convolved));
        LayerGraph graph = layers.Build();

        Assert.Equal(graph.Steps, graph.Folded().Steps);
    }

    [Fact]
    public void Add_ValueThatDoesNotExistYet_IsRefused()
    {
        var layers = new LayerGraphBuilder();
        layers.Add(new ReluStep(0));
        Assert.Contains(
            "2; the last value so far is 1",
            Assert.Throws<ArgumentException>(() => layers.Add(new ReluStep(2))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_LayerWithoutADescription_IsNamed()
    {
        using var pool = nn.MaxPool2d(3);
        Assert.Contains(
            "MaxPool2d",
            Assert.Throws<NotSupportedException>(() => new LayerGraphBuilder().Apply(pool, 0)).Message,
            StringComparison.Ordinal);
    }

    private static void Compare(RestorationNetwork network, int height, int width)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        network.to(ScalarType.Float64);
        Tensor images = SmallNetworks.Images(network, height, width, ScalarType.Float64);
        Tensor expected = network.call(images);
        LayerGraph graph = network.Describe(), folded = graph.Folded();
        Assert.DoesNotContain(folded.Steps, step => step is NormalizationStep);
        double tolerance = 1e-12 * Math.Max(1, expected.abs().max().item<double>());
        TensorAssert.Near(expected, GraphInterpreter.Run(graph, images), tolerance);
        TensorAssert.Near(expected, GraphInterpreter.Run(folded, images), tolerance);
    }
}

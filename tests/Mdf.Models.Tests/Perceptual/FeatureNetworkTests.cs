using System.Runtime.InteropServices;
using Mdf.Checkpoints;
using Mdf.Models.Perceptual;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Models.Tests.Perceptual;

public sealed class FeatureNetworkTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    // Parameter counts of torchvision's feature extractors, without the classifiers.
    public static TheoryData<string, Func<FeatureNetwork>, long, string, long[]> Networks => new()
    {
        { "VGG-16", () => new Vgg16Features(), 14_714_688, "features.28.weight", [512, 512, 3, 3] },
        { "VGG-19", () => new Vgg19Features(), 20_024_384, "features.34.bias", [512] },
        { "AlexNet", () => new AlexNetFeatures(), 2_469_696, "features.10.weight", [256, 256, 3, 3] },
        { "SqueezeNet", () => new SqueezeNetFeatures(), 722_496, "features.12.expand3x3.weight", [256, 64, 3, 3] },
    };

    [Theory]
    [MemberData(nameof(Networks), DisableDiscoveryEnumeration = true)]
    public void Constructor_Whole_HasTorchvisionsParameters(
        string name, Func<FeatureNetwork> create, long parameters, string deepest, long[] shape)
    {
        Assert.NotEmpty(name);
        using FeatureNetwork network = create();
        Dictionary<string, Tensor> state = network.state_dict();
        Assert.Equal(parameters, state.Values.Sum(t => t.numel()));
        Assert.Equal(shape, state[deepest].shape);
        Assert.Equal("features.0.weight", state.Keys.First());
    }

    [Fact]
    public void StateDictionary_EveryNetwork_HasTorchvisionsNames()
    {
        Assert.Equal([0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28], Convolutions(new Vgg16Features()));
        Assert.Equal([0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34], Convolutions(new Vgg19Features()));
        Assert.Equal([0, 3, 6, 8, 10], Convolutions(new AlexNetFeatures()));
        Assert.Equal([0, 3, 4, 6, 7, 9, 10, 11, 12], Convolutions(new SqueezeNetFeatures()));

        static IEnumerable<int> Convolutions(FeatureNetwork network)
        {
            using (network)
            {
                return
                [
                    .. network.state_dict().Keys
                        .Select(k => int.Parse(k.Split('.')[1], System.Globalization.CultureInfo.InvariantCulture))
                        .Distinct(),
                ];
            }
        }
    }

    [Theory]
    [MemberData(nameof(Networks), DisableDiscoveryEnumeration = true)]
    public void MinimumSide_EveryDepth_IsTheSmallestThatWorks(
        string name, Func<FeatureNetwork> create, long parameters, string deepest, long[] shape)
    {
        Assert.NotEmpty($"{name}{parameters}{deepest}{shape}");
        using var noGradient = no_grad();
        using FeatureNetwork network = create();
        long side = network.MinimumSide;
        Tensor output = network.call(zeros(1, 3, side, side + 1));
        Assert.Equal(4, output.ndim);
        Assert.True(output.numel() > 0);
        Assert.ThrowsAny<Exception>(() => network.call(zeros(1, 3, side - 1, side + 1)));
    }

    [Fact]
    public void Features_SomeLayers_AreThoseOfTheLayersInTheirOrder()
    {
        using var network = new SqueezeNetFeatures();
        FormulaWeights.Fill(network);
        Tensor images = rand(2, 3, 33, 40);
        using Tensor input = images.clone();

        Tensor[] maps = network.Features(input, "fire4", "relu1", "fire3");

        TensorAssert.Equal(images, input);
        Assert.Equal([256, 64, 128], maps.Select(m => m.shape[1]));
        Assert.Equal([16, 19], maps[1].shape[2..]);
        Assert.Equal([8, 9], maps[2].shape[2..]);
        Assert.All(maps, m => Assert.True(m.min().item<float>() >= 0));
        using var shallow = new SqueezeNetFeatures("fire3");
        FormulaWeights.Fill(shallow);
        TensorAssert.Equal(maps[2], shallow.call(images));
        TensorAssert.Equal(maps[1], network.Features(images, "relu1")[0]);
    }

    [Fact]
    public void Features_Vgg_AreConvolutionsRectifiersAndPools()
    {
        using var network = new Vgg16Features("relu2_1", "relu1_2");
        FormulaWeights.Fill(network);
        Tensor x = rand(1, 3, 9, 8);
        Dictionary<string, Tensor> state = network.state_dict();
        Tensor Convolved(Tensor t, int index) => nn.functional.relu(
            nn.functional.conv2d(t, state[$"features.{index}.weight"], state[$"features.{index}.bias"], padding: [1, 1]));
        Tensor first = Convolved(Convolved(x, 0), 2), second = Convolved(nn.functional.max_pool2d(first, 2), 5);

        Tensor[] maps = network.Features(x, "relu1_2", "relu2_1");

        TensorAssert.Near(first.detach(), maps[0].detach(), 1e-5);
        TensorAssert.Near(second.detach(), maps[1].detach(), 1e-5);
        Assert.Equal(["relu1_1", "relu1_2", "pool1", "relu2_1"], network.Layers);
        Assert.Equal(["0", "2", "5"], state.Keys.Select(k => k.Split('.')[1]).Distinct());
    }

    [Fact]
    public void Features_Vgg19_AreThoseOfTorchvisionsConfiguration()
    {
        using var network = new Vgg19Features();
        FormulaWeights.Fill(network);
        Dictionary<string, Tensor> state = network.state_dict();
        Tensor map = rand(1, 3, 40, 36);
        using var noGradient = no_grad();
        Tensor[] maps = network.Features(map, "relu1_2", "relu2_2", "relu3_4", "relu4_4", "relu5_4");

        // Configuration "E": 2, 2, 4, 4 and 4 convolutions, each followed by ReLU, and a pool after each group; the index counts all steps.
        int index = 0;
        foreach ((int convolutions, Tensor expected) in ((int[])[2, 2, 4, 4, 4]).Zip(maps))
        {
            for (int i = 0; i < convolutions; i++, index += 2)
            {
                map = nn.functional.conv2d(map, state[$"features.{index}.weight"], state[$"features.{index}.bias"], padding: [1, 1]).relu();
            }

            Assert.True(map.max().item<float>() > 0);
            Assert.InRange(TensorAssert.RelativeNormError(map, expected), 0, 1e-5);
            map = nn.functional.max_pool2d(map, 2);
            index++;
        }
    }

    [Fact]
    public void Features_UnknownLayer_NamesThoseThereAre()
    {
        using var network = new AlexNetFeatures("relu2");
        Assert.Contains(
            "'relu3'; expected one of relu1, pool1, relu2",
            Assert.Throws<ArgumentException>("layers", () => network.Features(zeros(1, 3, 64, 64), "relu3")).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "'relu9'; expected one of relu1",
            Assert.Throws<ArgumentException>("neededLayers", () => new AlexNetFeatures("relu9")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void LoadWeights_FileOfTheWholeClassifier_TakesWhatIsNeeded()
    {
        using var folder = new TemporaryFolder();
        using var network = new AlexNetFeatures("relu2");
        string[] names = ["features.0.weight", "features.0.bias", "features.3.weight", "features.3.bias"];
        long[][] shapes = [[64, 3, 11, 11], [64], [192, 64, 5, 5], [192]];
        Dictionary<string, Tensor> file = names.Zip(shapes).ToDictionary(p => p.First, p => FormulaWeights.Create(p.First, p.Second));
        file["features.6.weight"] = FormulaWeights.Create("features.6.weight", 384, 192, 3, 3);
        file["classifier.1.weight"] = FormulaWeights.Create("classifier.1.weight", 3, 4);
        SafetensorsFile.Write(folder.PathOf("alexnet.safetensors"), file);

        network.LoadWeights(folder.PathOf("alexnet.safetensors"));

        Assert.Equal(names.Order(), network.state_dict().Keys.Order());
        Assert.All(network.state_dict(), t => TensorAssert.Equal(file[t.Key], t.Value.detach()));
    }

    [Fact]
    public void LoadWeights_PyTorchFileOfTheWholeClassifier_TakesWhatIsNeeded()
    {
        using var folder = new TemporaryFolder();
        using var network = new Vgg16Features("relu1_1");
        float[] values = [.. Enumerable.Range(1, 64 * 28).Select(i => (float)i)];
        byte[] file = new PickleAssembler().Operation('}').Operation('(')
            .Text("features.0.weight").Tensor("0", "FloatStorage", values.Length, [64, 3, 3, 3], [27, 9, 3, 1])
            .Text("features.0.bias").Tensor("0", "FloatStorage", values.Length, [64], [1], start: 64 * 27)
            .Text("features.2.weight").Tensor("0", "FloatStorage", values.Length, [2, 2], [2, 1])
            .Text("classifier.6.weight").Tensor("0", "FloatStorage", values.Length, [10, 4], [4, 1])
            .Operation('u').ToZipFile(("0", MemoryMarshal.AsBytes<float>(values).ToArray()));
        File.WriteAllBytes(folder.PathOf("vgg16.pth"), file);

        network.LoadWeights(folder.PathOf("vgg16.pth"));

        Dictionary<string, Tensor> state = network.state_dict();
        Assert.Equal(["features.0.bias", "features.0.weight"], state.Keys.Order());
        TensorAssert.Equal(tensor(values[..(64 * 27)]), state["features.0.weight"].detach().flatten());
        TensorAssert.Equal(tensor(values[(64 * 27)..]), state["features.0.bias"].detach());
    }

    [Fact]
    public void LoadWeights_WrongFile_NamesWhatIsMissingOrOfAnotherShape()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("weights.safetensors");
        using var network = new AlexNetFeatures("relu2");
        using Tensor before = network.state_dict()["features.0.weight"].detach().clone();
        Dictionary<string, Tensor> file = network.state_dict();
        file.Remove("features.3.bias");
        SafetensorsFile.Write(path, file);
        Assert.Contains(
            "it holds no AlexNetFeatures weights: it lacks [features.3.bias]",
            Assert.Throws<CheckpointFormatException>(() => network.LoadWeights(path)).Message,
            StringComparison.Ordinal);

        file["features.0.weight"] = zeros(64, 3, 11, 11);
        file["features.3.bias"] = zeros(191);
        SafetensorsFile.Write(path, file);
        string message = Assert.Throws<CheckpointFormatException>(() => network.LoadWeights(path)).Message;
        Assert.Contains("'features.3.bias' has shape (191); (192) is expected", message, StringComparison.Ordinal);
        TensorAssert.Equal(before, network.state_dict()["features.0.weight"].detach());
        Assert.Throws<FileNotFoundException>(() => network.LoadWeights(folder.PathOf("none.pth")));
    }

    [Fact]
    public void CopyFrozen_OfAnotherType_IsTheSameNetworkAndLearnsNothing()
    {
        using var network = new SqueezeNetFeatures("fire3");
        Tensor x = rand(1, 3, 33, 33);
        using FeatureNetwork copy = network.CopyFrozen(ScalarType.Float64, CPU);
        Assert.IsType<SqueezeNetFeatures>(copy);
        Assert.Equal(network.Layers, copy.Layers);
        Assert.All(copy.parameters(), p => Assert.False(p.requires_grad));
        Assert.All(copy.parameters(), p => Assert.Equal(ScalarType.Float64, p.dtype));
        Assert.All(network.parameters(), p => Assert.True(p.requires_grad));
        Assert.False(copy.training);
        TensorAssert.Near(network.call(x).detach(), copy.call(x.to(ScalarType.Float64)), 1e-5);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Features_EqualWindows_GiveExactlyEqualValues(ScalarType dtype)
    {
        // An image with equal columns must give feature maps with equal columns.
        using var network = new Vgg16Features("relu1_2");
        FormulaWeights.Fill(network);
        using FeatureNetwork copy = network.CopyFrozen(dtype, CPU);
        Tensor image = rand(1, 3, 31, 1).to(dtype).expand(1, 3, 31, 37);
        Tensor map = copy.call(image)[.., .., .., 2..^2];
        TensorAssert.Equal(map[.., .., .., ..1].expand_as(map), map);
    }

    [Fact]
    public void Features_Float64_AreThoseOfPlainConvolutions()
    {
        using var network = new AlexNetFeatures("relu2");
        FormulaWeights.Fill(network);
        using FeatureNetwork copy = network.CopyFrozen(ScalarType.Float64, CPU);
        Tensor x = rand([2, 3, 40, 47], ScalarType.Float64);
        Dictionary<string, Tensor> state = copy.state_dict();
        Tensor first = nn.functional.conv2d(x, state["features.0.weight"], state["features.0.bias"], [4, 4], [2, 2]).relu();
        Tensor pooled = nn.functional.max_pool2d(first, 3, 2);
        Tensor second = nn.functional.conv2d(pooled, state["features.3.weight"], state["features.3.bias"], padding: [2, 2]).relu();
        TensorAssert.Near(second, copy.call(x), 1e-12);
    }

    [Fact]
    public void ValuesPerPixel_Vgg_CountsConvolutionsAndPools()
    {
        using var network = new Vgg16Features("relu2_1");
        Assert.Equal(64 + 64 + (64 / 4.0) + (128 / 4.0), network.ValuesPerPixel);
    }

    [Fact]
    public void EveryMethod_Disposed_LeavesNoTensor()
    {
        using var folder = new TemporaryFolder();
        using var network = new SqueezeNetFeatures("fire3");
        SafetensorsFile.Write(folder.PathOf("a.safetensors"), network.state_dict());
        Tensor x = rand(1, 3, 33, 33);
        LiveTensors.AssertNoneLeft(() =>
        {
            network.call(x).Dispose();
            foreach (Tensor map in network.Features(x, "relu1", "fire2"))
            {
                map.Dispose();
            }

            network.LoadWeights(folder.PathOf("a.safetensors"));
        });

        // TorchSharp's count keeps one empty handle for each parameter that is created or converted.
        int parameters = network.parameters().Count();
        Assert.Equal(parameters, LiveTensors.CountLeft(() => new SqueezeNetFeatures("fire3").Dispose()));
        Assert.Equal(parameters, LiveTensors.CountLeft(() => network.CopyFrozen(ScalarType.Float32, CPU).Dispose()));
        Assert.Equal(2 * parameters, LiveTensors.CountLeft(() => network.CopyFrozen(ScalarType.Float64, CPU).Dispose()));
    }
}

using Mdf.Checkpoints;
using Mdf.Models.Restoration;
using Mdf.Testing;
using Mdf.Testing.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Models.Tests.Restoration;

/// <summary>Tests networks that are not of this library.</summary>
public sealed class CustomNetworkTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(64, 48)]
    [InlineData(61, 47)]
    [InlineData(33, 18)]
    public void Restore_TilesOfAUNet_AreTheWholeImage(int height, int width)
    {
        using CustomNetwork network = UNet();
        network.eval();
        Tensor images = Images(3, height, width);
        using var noGradient = no_grad();
        Tensor whole = network.call(images);
        Assert.Equal(images.shape, whole.shape);
        foreach (int tile in (int[])[7, 16, 30])
        {
            TensorAssert.Near(whole, Tiled(network, images, new TilingOptions { TileSize = tile }), 1e-5);
        }
    }

    [Fact]
    public void Restore_SmallerOverlapThanTheRadius_IsNotTheWholeImage()
    {
        using CustomNetwork network = UNet();
        network.eval();
        Tensor images = Images(3, 64, 48);
        using var noGradient = no_grad();
        Tensor tiled = Tiled(network, images, new TilingOptions { TileSize = 16, Overlap = 0 });
        Assert.InRange(TensorAssert.LargestDifference(network.call(images), tiled), 1e-3, 10);
    }

    [Fact]
    public void Call_SidesThatAreNoMultiple_ArePaddedByReflection()
    {
        using CustomNetwork network = UNet();
        network.eval();
        Tensor images = Images(3, 30, 21);
        Tensor padded = nn.functional.pad(images, [0, 3, 0, 2], PaddingModes.Reflect);
        TensorAssert.Near(network.Module.call(padded).narrow(2, 0, 30).narrow(3, 0, 21), network.call(images), 1e-6);
    }

    [Fact]
    public void Call_SmallerThanTheMinimum_IsPadded()
    {
        using var network = new CustomNetwork(new GrayNetwork(), Gray with { MinimumSide = 40 });
        Assert.Equal([1, 1, 1, 1], network.call(Images(1, 1, 1)).shape);
        Tensor images = Images(1, 25, 40);
        Tensor padded = nn.functional.pad(images, [0, 0, 0, 15], PaddingModes.Reflect);
        TensorAssert.Near(network.Module.call(padded).narrow(2, 0, 25), network.call(images), 1e-6);
    }

    [Fact]
    public void Restore_WithoutALimitedReceptiveField_IsWhole()
    {
        using var network = new CustomNetwork(new AttentionNetwork());
        network.eval();
        Tensor images = Images(3, 300, 270);
        using var noGradient = no_grad();
        TensorAssert.Near(network.call(images), Tiled(network, images), 0);
        Assert.Equal(
            "options has tiles of 64 pixels, but AttentionNetwork has no limited receptive field, so that tiles differ from the whole "
            + "image; expected no TileSize, or an Overlap too. (Parameter 'options')",
            Assert.Throws<ArgumentException>(
                () => Tiled(network, images, new TilingOptions { TileSize = 64 })).Message);
        Assert.Equal(images.shape, Tiled(network, images, new TilingOptions { TileSize = 64, Overlap = 8 }).shape);
    }

    [Fact]
    public void SelfEnsemble_CustomNetwork_AveragesEightOrientations()
    {
        using CustomNetwork network = UNet();
        network.eval();
        Tensor images = Images(3, 20, 28);
        using var noGradient = no_grad();
        Assert.Equal(images.shape, SelfEnsemble.Restore(network.call, images).shape);
    }

    [Fact]
    public void Save_AndLoadWeights_GiveTheNetworkByItsOwnNames()
    {
        string path = Path.Combine(folder.FullName, "unet.ckpt");
        using CustomNetwork saved = UNet(), loaded = UNet();
        Change(saved);
        saved.Save(path, new Dictionary<string, string> { ["loss"] = "l2" });
        using (StateDictionary file = StateDictionaryReader.Read(path))
        {
            Assert.Equal(saved.Module.state_dict().Keys.Order(), file.Keys.Order());
            Assert.Contains(typeof(UNet).FullName!, file.Metadata["network"], StringComparison.Ordinal);
        }

        loaded.LoadWeights(path);
        Assert.Equal("l2", loaded.Metadata["loss"]);
        foreach ((string name, Tensor weight) in saved.state_dict())
        {
            TensorAssert.Near(weight, loaded.state_dict()[name], 0);
        }
    }

    [Fact]
    public void LoadWeights_FileOfAnotherClass_NamesBoth()
    {
        string path = Path.Combine(folder.FullName, "gray.ckpt");
        using var gray = new CustomNetwork(new GrayNetwork(), Gray);
        gray.Save(path);
        using CustomNetwork network = UNet();
        string message = Assert.Throws<CheckpointFormatException>(() => network.LoadWeights(path)).Message;
        Assert.Contains("it belongs to another network", message, StringComparison.Ordinal);
        Assert.Contains(typeof(GrayNetwork).FullName!, message, StringComparison.Ordinal);
        Assert.Contains(typeof(UNet).FullName!, message, StringComparison.Ordinal);
        Assert.Contains(
            $"it belongs to '{typeof(GrayNetwork).FullName}', which is not a network of this library; create it",
            Assert.Throws<CheckpointFormatException>(() => ModelZoo.Load(path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void LoadWeights_OtherWeights_NamesMissingUnexpectedAndMisshapen()
    {
        using CustomNetwork network = UNet();
        Dictionary<string, Tensor> weights = network.Module.state_dict();
        string path = Path.Combine(folder.FullName, "weights.safetensors");
        SafetensorsFile.Write(
            path,
            weights.Where(w => w.Key != "last.bias").Append(KeyValuePair.Create("other", zeros(2))),
            new Dictionary<string, string>());
        Assert.EndsWith(
            "the file lacks [last.bias] and has the unexpected [other].",
            Assert.Throws<CheckpointFormatException>(() => network.LoadWeights(path)).Message,
            StringComparison.Ordinal);

        weights["last.bias"] = zeros(5);
        SafetensorsFile.Write(path, weights, new Dictionary<string, string>());
        Assert.EndsWith(
            "the file has 'last.bias' of shape (5) where (3) is expected.",
            Assert.Throws<CheckpointFormatException>(() => network.LoadWeights(path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void LoadWeights_PrefixOfAPyTorchProgram_IsStripped()
    {
        using CustomNetwork network = UNet(), other = UNet();
        Change(network);
        string path = Path.Combine(folder.FullName, "weights.safetensors");
        SafetensorsFile.Write(
            path,
            network.Module.state_dict().Select(w => KeyValuePair.Create("module." + w.Key, w.Value)),
            new Dictionary<string, string>());
        other.LoadWeights(path);
        TensorAssert.Near(network.Module.state_dict()["last.bias"], other.Module.state_dict()["last.bias"], 0);
    }

    [Fact]
    public void Call_OtherShapeThanTheOptionsSay_NamesBothShapes()
    {
        using var network = new CustomNetwork(new UNet(), new CustomNetworkOptions { Scale = 2 });
        Assert.Equal(
            "UNet gave images of shape (1, 3, 8, 8) for images of shape (1, 3, 8, 8); expected (1, 3, 16, 16), for 3 channels and a scale "
            + "of 2.",
            Assert.Throws<InvalidOperationException>(() => network.call(Images(3, 8, 8))).Message);
    }

    [Fact]
    public void Call_PaddedImagesOfAnotherScale_AreNotCutToFit()
    {
        using var network = new CustomNetwork(nn.Upsample(scale_factor: [2, 2]), new CustomNetworkOptions { SideMultiple = 8 });
        Assert.Contains(
            "gave images of shape (1, 3, 32, 16) for images of shape (1, 3, 9, 8); expected (1, 3, 9, 8)",
            Assert.Throws<InvalidOperationException>(() => network.call(Images(3, 9, 8))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Call_ModuleThatReturnsItsInput_LeavesTheInputToTheCaller()
    {
        using var network = new CustomNetwork(nn.Identity());
        using Tensor images = rand(1, 3, 4, 4);
        using (NewDisposeScope())
        {
            TensorAssert.Near(images, network.call(images), 0);
        }

        Assert.False(images.IsInvalid);
    }

    [Fact]
    public void Call_EvaluationAndTraining_LeaveNoTensors()
    {
        using CustomNetwork network = UNet();
        using Tensor images = rand(1, 3, 30, 21);
        LiveTensors.AssertNoneLeft(() => network.call(images).Dispose());
        network.eval();
        LiveTensors.AssertNoneLeft(() => Tiled(network, images, new TilingOptions { TileSize = 8 }).Dispose());
    }

    [Fact]
    public void Call_Sequential_IsComputedLayerByLayerWithoutLibtorch()
    {
        using var network = new CustomNetwork(
            nn.Sequential(
                nn.Conv2d(3, 16, 3, padding: 1),
                nn.ReLU(),
                nn.Conv2d(16, 16, 3, padding: 1),
                nn.ReLU(),
                nn.Conv2d(16, 3, 3, padding: 1)),
            new CustomNetworkOptions { ReceptiveRadius = 3 });
        network.eval();
        Tensor images = Images(3, 40, 33);
        using var noGradient = no_grad();
        Assert.Equal(5, network.Describe().Steps.Count);
        TensorAssert.Near(network.Module.call(images), network.call(images), 1e-5);
    }

    public static TheoryData<string> Undescribed => ["stride", "dilation", "groups", "padding", "norm", "tanh", "sides"];

    [Theory]
    [MemberData(nameof(Undescribed))]
    public void Call_SequentialWithOtherLayers_IsComputedByLibtorch(string what)
    {
        nn.Module<Tensor, Tensor> layer = what switch
        {
            "stride" => nn.Conv2d(16, 16, 3, padding: 1, stride: 2),
            "dilation" => nn.Conv2d(16, 16, 3, padding: 2, dilation: 2),
            "groups" => nn.Conv2d(16, 16, 3, padding: 1, groups: 4),
            "padding" => nn.Conv2d(16, 16, 3, padding: 1, padding_mode: PaddingModes.Reflect),
            "norm" => nn.BatchNorm2d(16, track_running_stats: false),
            _ => nn.Tanh(),
        };
        int scale = what == "stride" ? 2 : 1;
        nn.Module<Tensor, Tensor> module = nn.Sequential(
            nn.Conv2d(3, 16, 3, padding: 1), layer, nn.Conv2d(16, 3 * scale * scale, 3, padding: 1), nn.PixelShuffle(scale));
        using var network = new CustomNetwork(module, new CustomNetworkOptions { SideMultiple = what == "sides" ? 8 : 1 });
        network.eval();
        Tensor images = Images(3, 24, 16);
        using var noGradient = no_grad();
        TensorAssert.Near(module.call(images), network.call(images), 0);
        Assert.Throws<NotSupportedException>(() => network.Describe());
    }

    [Fact]
    public void Create_BadArguments_AreNamed()
    {
        Assert.Throws<ArgumentNullException>("module", () => new CustomNetwork(null!));
        using RestorationNetwork zoo = new DnCnnOptions { Layers = 3, Width = 4 }.Create();
        Assert.Throws<ArgumentException>("module", () => new CustomNetwork(zoo));
        Assert.Throws<ArgumentOutOfRangeException>("Scale", () => new CustomNetworkOptions { Scale = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("Channels", () => new CustomNetworkOptions { Channels = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("ReceptiveRadius", () => new CustomNetworkOptions { ReceptiveRadius = -1 });
        Assert.Throws<ArgumentOutOfRangeException>("MinimumSide", () => new CustomNetworkOptions { MinimumSide = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("SideMultiple", () => new CustomNetworkOptions { SideMultiple = 0 });
        Assert.Throws<ArgumentException>("Name", () => new CustomNetworkOptions { Name = "" });
        Assert.Throws<NotSupportedException>(() => new CustomNetworkOptions { Name = "mine" }.Create());
    }

    private static CustomNetworkOptions Gray => new() { Channels = 1, ReceptiveRadius = GrayNetwork.Radius };

    private static CustomNetwork UNet() => new(
        new UNet(),
        new CustomNetworkOptions { ReceptiveRadius = Testing.Networks.UNet.Radius, SideMultiple = Testing.Networks.UNet.Multiple });

    private static Tensor Tiled(CustomNetwork network, Tensor images, TilingOptions? options = null) =>
        TiledInference.Restore(network, images, options, cancellationToken: TestContext.Current.CancellationToken);

    private static Tensor Images(int channels, int height, int width)
    {
        using var generator = new Generator(11, CPU);
        return rand([1, channels, height, width], generator: generator);
    }

    private static void Change(CustomNetwork network)
    {
        using var noGradient = no_grad();
        foreach (Tensor weight in network.parameters())
        {
            weight.mul_(0.5f);
        }
    }
}

using Mdf.Checkpoints;
using Mdf.Models.Restoration;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Models.Tests.Restoration;

public sealed class RestorationNetworkTests
{
    public static TheoryData<RestorationOptions> Small => SmallNetworks.All;

    [Theory]
    [MemberData(nameof(Small), DisableDiscoveryEnumeration = true)]
    public void Forward_AnySize_EnlargesByTheScale(RestorationOptions options)
    {
        using var scope = NewDisposeScope();
        using RestorationNetwork network = options.Create();
        Tensor images = SmallNetworks.Images(network, 7, 12);
        Assert.Equal([2, network.Channels, 7 * network.Scale, 12 * network.Scale], network.call(images).shape);
        Assert.Equal([1, network.Channels, network.Scale, network.Scale], network.call(ones(1, network.Channels, 1, 1)).shape);
    }

    [Theory]
    [MemberData(nameof(Small), DisableDiscoveryEnumeration = true)]
    public void ParameterCount_Options_IsThatOfTheNetwork(RestorationOptions options)
    {
        using RestorationNetwork network = options.Create();
        Assert.Equal(network.parameters().Sum(p => p.numel()), options.ParameterCount);
        Assert.Equal(options, network.Options);
    }

    [Theory]
    [MemberData(nameof(Small), DisableDiscoveryEnumeration = true)]
    public void ReceptiveRadius_Gradient_ReachesAsFar(RestorationOptions options)
    {
        using var scope = NewDisposeScope();
        using RestorationNetwork network = SmallNetworks.Create(options);
        network.to(ScalarType.Float64);
        int radius = network.ReceptiveRadius!.Value, side = (2 * radius) + 5, center = side / 2;
        Tensor images = SmallNetworks.Images(network, side, side, ScalarType.Float64).requires_grad_();

        // All output pixels of one input pixel are combined with random weights, so that gradients do not cancel out.
        int scale = network.Scale;
        Tensor pixels = network.call(images).narrow(2, center * scale, scale).narrow(3, center * scale, scale);
        (pixels * rand_like(pixels)).sum().backward();

        long[] rows = [.. images.grad!.abs().amax([0, 1, 3]).nonzero().flatten().data<long>()];
        long[] columns = [.. images.grad!.abs().amax([0, 1, 2]).nonzero().flatten().data<long>()];
        Assert.Equal((center - radius, center + radius), (rows.Min(), rows.Max()));
        Assert.Equal((center - radius, center + radius), (columns.Min(), columns.Max()));
    }

    [Theory]
    [MemberData(nameof(Small), DisableDiscoveryEnumeration = true)]
    public void Create_Seed_DecidesAllWeights(RestorationOptions options)
    {
        using RestorationNetwork one = options.Create(seed: 5);
        manual_seed(99);
        using RestorationNetwork same = options.Create(seed: 5);
        using RestorationNetwork other = options.Create(seed: 6);
        AssertSameWeights(one, same);
        string name = one.named_parameters().First(p => p.parameter.ndim == 4 && p.parameter.requires_grad).name;
        Assert.NotEqual(0, TensorAssert.LargestDifference(one.state_dict()[name], other.state_dict()[name]));
    }

    [Theory]
    [MemberData(nameof(Small), DisableDiscoveryEnumeration = true)]
    public void Forward_WithAndWithoutGradient_LeavesNoTensor(RestorationOptions options)
    {
        using RestorationNetwork network = SmallNetworks.Create(options);
        using Tensor images = SmallNetworks.Images(network, 8, 9);
        LiveTensors.AssertNoneLeft(() =>
        {
            network.call(images).Dispose();
            using var noGradient = no_grad();
            network.call(images).Dispose();
        });
        Assert.False(images.IsInvalid);
    }

    [Theory]
    [MemberData(nameof(Small), DisableDiscoveryEnumeration = true)]
    public void Forward_Backward_ReachesEveryParameterThatLearns(RestorationOptions options)
    {
        using var scope = NewDisposeScope();

        // oneDNN pads other widths to its block size, with values that may be NaN.
        using RestorationNetwork network = (options switch
        {
            DnCnnOptions dnCnn => dnCnn with { Width = 16 },
            EdsrOptions edsr => edsr with { Width = 16 },
            SrResNetOptions srResNet => srResNet with { Width = 16 },
            MsrResNetOptions msrResNet => msrResNet with { Width = 16 },
            _ => options,
        }).Create();
        Tensor images = SmallNetworks.Images(network, 8, 9);
        FreedMemory.FillWithNaN();
        network.call(images).square().mean().backward();
        Assert.All(
            network.named_parameters(),
            p => Assert.Equal(p.parameter.requires_grad, p.parameter.grad is { } g && g.abs().max().item<float>() > 0));
    }

    [Theory]
    [MemberData(nameof(Small), DisableDiscoveryEnumeration = true)]
    public void SaveThenLoad_Network_IsTheSame(RestorationOptions options)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using RestorationNetwork saved = SmallNetworks.Create(options);
        saved.Save(folder.PathOf("a.ckpt"), new Dictionary<string, string> { ["loss"] = "MDF", ["note"] = "ünïcode" });

        using RestorationNetwork loaded = ModelZoo.Load(folder.PathOf("a.ckpt"));

        Assert.Equal(saved.GetType(), loaded.GetType());
        Assert.Equal(options, loaded.Options);
        Assert.False(loaded.training);
        Assert.Equal("MDF", loaded.Metadata["loss"]);
        Assert.Equal("ünïcode", loaded.Metadata["note"]);
        AssertSameWeights(saved, loaded);
        Tensor images = SmallNetworks.Images(saved, 8, 9);
        TensorAssert.Equal(saved.call(images), loaded.call(images));

        using RestorationNetwork taught = options.Create(seed: 1);
        taught.LoadWeights(folder.PathOf("a.ckpt"));
        AssertSameWeights(saved, taught);
        taught.Save(folder.PathOf("b.ckpt"));
        using RestorationNetwork again = ModelZoo.Load(folder.PathOf("b.ckpt"));
        Assert.Equal("MDF", again.Metadata["loss"]);
    }

    [Fact]
    public void SaveAndLoad_Disposed_LeaveNoMoreThanMakingTheNetwork()
    {
        using var folder = new TemporaryFolder();
        var options = new SrResNetOptions { Blocks = 1, Width = 4 };
        using RestorationNetwork source = options.Create();
        long made = LiveTensors.CountLeft(() => options.Create().Dispose());
        LiveTensors.AssertNoneLeft(() => source.Save(folder.PathOf("a.ckpt")));
        LiveTensors.AssertNoneLeft(() => source.LoadWeights(folder.PathOf("a.ckpt")));
        Assert.Equal(made, LiveTensors.CountLeft(() => ModelZoo.Load(folder.PathOf("a.ckpt")).Dispose()));
    }

    [Fact]
    public void Load_InsideACallersScope_OutlivesIt()
    {
        using var folder = new TemporaryFolder();
        RestorationNetwork network;
        using (NewDisposeScope())
        {
            using RestorationNetwork source = new EdsrOptions { Blocks = 1, Width = 4 }.Create();
            source.Save(folder.PathOf("a.ckpt"));
            network = ModelZoo.Load(folder.PathOf("a.ckpt"));
        }

        using (network)
        {
            network.call(ones(1, 3, 4, 4)).Dispose();
        }
    }

    [Theory]
    [InlineData("body.1.weight", null, "the file lacks [body.1.weight].")]
    [InlineData("extra", 1, "the file has the unexpected [extra].")]
    [InlineData("body.1.bias", 5, "'body.1.bias' of shape (5) where (4) is expected")]
    public void LoadWeights_OfAnotherForm_SaysWhatIsWrongAndChangesNothing(string name, int? length, string reason)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var options = new EdsrOptions { Blocks = 1, Width = 4 };
        using (Edsr source = options.Create(seed: 1))
        {
            Dictionary<string, Tensor> weights = source.state_dict();
            weights.Remove(name);
            if (length is { } elements)
            {
                weights[name] = zeros(elements);
            }

            SafetensorsFile.Write(folder.PathOf("a.safetensors"), weights);
        }

        using Edsr network = options.Create(seed: 2), untouched = options.Create(seed: 2);
        var error = Assert.Throws<CheckpointFormatException>(() => network.LoadWeights(folder.PathOf("a.safetensors")));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("a.safetensors", error.Message, StringComparison.Ordinal);
        AssertSameWeights(untouched, network);
    }

    [Fact]
    public void LoadWeights_OfAWhollyOtherNetwork_ListsTheFirstNames()
    {
        using var folder = new TemporaryFolder();
        using RestorationNetwork source = new DnCnnOptions { Width = 4 }.Create(), network = new EdsrOptions { Width = 4 }.Create();
        SafetensorsFile.Write(folder.PathOf("a.safetensors"), source.state_dict());
        var error = Assert.Throws<CheckpointFormatException>(() => network.LoadWeights(folder.PathOf("a.safetensors")));
        Assert.Contains("lacks [sub_mean.weight, ", error.Message, StringComparison.Ordinal);
        Assert.Contains(" in all)] and has the unexpected [dncnn.", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 100, 800);
    }

    [Fact]
    public void LoadWeights_OursOfOtherOptions_NamesBoth()
    {
        using var folder = new TemporaryFolder();
        using RestorationNetwork source = new EdsrOptions { Blocks = 1, Width = 4 }.Create();
        source.Save(folder.PathOf("a.ckpt"));
        using RestorationNetwork network = new EdsrOptions { Blocks = 1, Width = 4, ResidualScale = 0.1 }.Create();
        var error = Assert.Throws<CheckpointFormatException>(() => network.LoadWeights(folder.PathOf("a.ckpt")));
        Assert.Contains("ResidualScale = 1 }", error.Message, StringComparison.Ordinal);
        Assert.Contains("ResidualScale = 0.1 }", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadWeights_WithoutBatchCounters_IsAccepted()
    {
        using var folder = new TemporaryFolder();
        using RestorationNetwork source = SmallNetworks.Create(new DnCnnOptions { Layers = 3, Width = 4 });
        using RestorationNetwork network = source.Options.Create(seed: 9);
        SafetensorsFile.Write(
            folder.PathOf("a.safetensors"),
            source.state_dict().Where(t => !t.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal)));
        network.LoadWeights(folder.PathOf("a.safetensors"));
        TensorAssert.Equal(source.state_dict()["dncnn.3.running_var"], network.state_dict()["dncnn.3.running_var"]);
    }

    [Theory]
    [InlineData("pt", "1", "{}", "does not say which network")]
    [InlineData("mdf-restoration", "2", "{}", "version '2'; only version '1' is supported")]
    [InlineData("mdf-restoration", "1", null, "has no 'network'")]
    [InlineData("mdf-restoration", "1", "no json", "is not a network of this library")]
    [InlineData("mdf-restoration", "1", "{\"$type\":\"unet\"}", "is not a network of this library")]
    [InlineData("mdf-restoration", "1", "{\"Width\":4}", "is not a network of this library")]
    [InlineData("mdf-restoration", "1", "{\"$type\":\"edsr\",\"Wide\":4}", "is not a network of this library")]
    [InlineData("mdf-restoration", "1", "{\"$type\":\"edsr\",\"Width\":0}", "Expected 1 to 4096, got 0")]
    [InlineData("mdf-restoration", "1", "{\"$type\":\"edsr\",\"Width\":4096,\"Blocks\":1024}", "lacks weights of its network")]
    public void Load_StrangeMetadata_IsRefused(string format, string version, string? network, string reason)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var metadata = new Dictionary<string, string> { ["format"] = format, ["version"] = version };
        if (network is not null)
        {
            metadata["network"] = network;
        }

        SafetensorsFile.Write(folder.PathOf("a.ckpt"), new Dictionary<string, Tensor> { ["x"] = ones(1) }, metadata);
        var error = Assert.Throws<CheckpointFormatException>(() => ModelZoo.Load(folder.PathOf("a.ckpt")));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Forward_WrongShape_NamesTheArgument()
    {
        using var scope = NewDisposeScope();
        using RestorationNetwork network = new DnCnnOptions { Width = 4, Channels = 1 }.Create();
        var error = Assert.Throws<ArgumentException>("input", () => network.call(ones(1, 3, 4, 4)));
        Assert.Contains("(1, 3, 4, 4); expected (N, 1, H, W)", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("input", () => network.call(ones(1, 4, 4)));
        Assert.Throws<ArgumentException>("input", () => network.call(ones(1, 1, 0, 4)));
        Assert.Throws<ArgumentException>("input", () => ((DnCnn)network).Residual(ones(1, 2, 4, 4)));
        Assert.Throws<ArgumentNullException>("input", () => network.call(null!));
    }

    [Fact]
    public void Options_OutOfRange_NameTheSetting()
    {
        Assert.Throws<ArgumentOutOfRangeException>("Scale", () => new EdsrOptions { Scale = 5 });
        Assert.Throws<ArgumentOutOfRangeException>("ResidualScale", () => new EdsrOptions { ResidualScale = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("ResidualScale", () => new EdsrOptions { ResidualScale = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>("Blocks", () => new SrResNetOptions { Blocks = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("Width", () => new MsrResNetOptions { Width = 5000 });
        Assert.Throws<ArgumentOutOfRangeException>("Layers", () => new DnCnnOptions { Layers = 1 });
        Assert.Throws<ArgumentOutOfRangeException>("Channels", () => new DnCnnOptions { Channels = 0 });
    }

    private static void AssertSameWeights(RestorationNetwork expected, RestorationNetwork actual)
    {
        Dictionary<string, Tensor> one = expected.state_dict(), other = actual.state_dict();
        Assert.Equal(one.Keys, other.Keys);
        Assert.All(one, t => TensorAssert.Equal(t.Value, other[t.Key]));
    }
}

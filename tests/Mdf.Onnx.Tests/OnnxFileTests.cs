using System.Text;
using Mdf.Models.Restoration;
using Mdf.Testing;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Onnx.Tests;

public sealed class OnnxFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    // The large EDSRs differ from each other as the small ones do: at usual length one of them shows that the size is no hindrance.
    public static TheoryData<string> Zoo =>
        [.. ModelZoo.Names.Where(name => TestLength.IsFull || name is not ("edsr-x2" or "edsr-x3"))];

    public static TheoryData<RestorationOptions> Options =>
    [
        new EdsrOptions { Scale = 2, Blocks = 2, Width = 6, ResidualScale = 0.5 },
        new EdsrOptions { Scale = 3, Blocks = 1, Width = 5 },
        new SrResNetOptions { Scale = 2, Blocks = 1, Width = 6 },
        new SrResNetOptions { Scale = 3, Blocks = 2, Width = 4 },
        new MsrResNetOptions { Scale = 3, Blocks = 2, Width = 6 },
        new DnCnnOptions { Layers = 2, Width = 6, Biases = true },
        new DnCnnOptions { Layers = 4, Width = 6, Channels = 1 },
        new DnCnnOptions { Layers = 5, Width = 6, Channels = 4, Normalization = false, Biases = true },
    ];

    private string File => folder.PathOf("net.onnx");

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Zoo))]
    public void Write_NetworkOfTheZoo_GivesItsImagesInOnnxRuntime(string name)
    {
        using RestorationNetwork network = Create(ModelZoo.Options(name));
        Compare(network, new OnnxExportOptions(), 1e-5);
        Compare(network, new OnnxExportOptions { HalfWeights = true }, 1e-3);
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void Write_NetworkWithOptions_GivesItsImagesInOnnxRuntime(RestorationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        using RestorationNetwork network = Create(options);
        Compare(network, new OnnxExportOptions(), 1e-5);
        Compare(network, new OnnxExportOptions { KeepNormalization = true }, 1e-5);
        Compare(network, new OnnxExportOptions { KeepNormalization = true, HalfWeights = true }, 1e-3);
    }

    [Fact]
    public void Write_Normalization_IsKeptOnRequestOnly()
    {
        using var network = new DnCnn(new DnCnnOptions { Layers = 4, Width = 6 });
        OnnxFile.Write(File, network, new OnnxExportOptions { KeepNormalization = true });
        Assert.Contains("BatchNormalization", Content(), StringComparison.Ordinal);
        OnnxFile.Write(File, network);
        Assert.DoesNotContain("BatchNormalization", Content(), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_HalfWeights_HalveTheFile()
    {
        using var network = new DnCnn(new DnCnnOptions { Layers = 5 });
        OnnxFile.Write(File, network);
        long full = new FileInfo(File).Length;
        OnnxFile.Write(File, network, new OnnxExportOptions { HalfWeights = true });
        Assert.InRange(new FileInfo(File).Length / (double)full, 0.5, 0.52);
    }

    [Fact]
    public void Write_TrainedNetwork_KeepsItsMetadata()
    {
        using var trained = new MsrResNet(new MsrResNetOptions { Scale = 2, Blocks = 1, Width = 4 });
        string checkpoint = folder.PathOf("net.ckpt");
        trained.Save(checkpoint, new Dictionary<string, string> { ["loss"] = "MDF, β = 1", ["scale"] = "mine" });
        using RestorationNetwork network = ModelZoo.Load(checkpoint);
        OnnxFile.Write(File, network, new OnnxExportOptions { Licence = "CC0-1.0", HalfWeights = true });

        using var session = new OnnxSession(File);
        Dictionary<string, string> metadata = session.Metadata.CustomMetadataMap;
        Assert.Equal("MDF, β = 1", metadata["loss"]);
        Assert.Equal("mdf-onnx", metadata["format"]);
        Assert.Equal("1", metadata["version"]);
        Assert.Equal("MsrResNet", metadata["name"]);
        Assert.Equal(network.Metadata["network"], metadata["network"]);
        Assert.Equal(("2", "3"), (metadata["scale"], metadata["channels"]));
        Assert.Equal($"{network.ReceptiveRadius}", metadata["receptive_radius"]);
        Assert.Equal(("float16", "CC0-1.0"), (metadata["weights"], metadata["licence"]));
        Assert.StartsWith("Mdf ", metadata["library"], StringComparison.Ordinal);
        Assert.Equal("Mdf", session.Metadata.ProducerName);
    }

    [Theory]
    [InlineData(float.NaN, false, "holds NaN")]
    [InlineData(70_000f, true, "beyond the range of float16, 65504; export without HalfWeights.")]
    public void Write_WeightThatCannotBeStored_LeavesTheOldFile(float value, bool isHalf, string reason)
    {
        using var network = new DnCnn(new DnCnnOptions { Layers = 2, Width = 4 });
        OnnxFile.Write(File, network);
        string before = Content();
        using (no_grad())
        {
            network.parameters().First().fill_(value);
        }

        ArgumentException e = Assert.Throws<ArgumentException>(
            () => OnnxFile.Write(File, network, new OnnxExportOptions { HalfWeights = isHalf }));
        Assert.Equal("network", e.ParamName);
        Assert.Contains("'step1.weight'", e.Message, StringComparison.Ordinal);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        Assert.Equal(before, Content());
        Assert.Single(Directory.EnumerateFileSystemEntries(folder.FullName));
    }

    [Fact]
    public void Write_FolderThatDoesNotExist_Throws()
    {
        using var network = new DnCnn(new DnCnnOptions { Layers = 2, Width = 4 });
        Assert.Throws<DirectoryNotFoundException>(() => OnnxFile.Write(folder.PathOf("none/net.onnx"), network));
    }

    [Fact]
    public void Write_Network_LeavesNoTensorBehind()
    {
        using var network = new SrResNet(new SrResNetOptions { Blocks = 1, Width = 4 });
        LiveTensors.AssertNoneLeft(() => OnnxFile.Write(File, network, new OnnxExportOptions { HalfWeights = true }));
    }

    private void Compare(RestorationNetwork network, OnnxExportOptions options, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        OnnxFile.Write(File, network, options);
        using var session = new OnnxSession(File);
        foreach ((int batch, int height, int width) in new[] { (1, 9, 7), (3, 5, 11) })
        {
            using var generator = new Generator(11, CPU);
            Tensor images = rand([batch, network.Channels, height, width], generator: generator);
            Tensor expected = network.call(images);
            TensorAssert.Near(expected, session.Run(images), tolerance * Math.Max(1, expected.abs().max().item<float>()));
        }
    }

    // In evaluation mode, with statistics of normalisation and biases that are not those of a new network.
    private static RestorationNetwork Create(RestorationOptions options)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var generator = new Generator(3, CPU);
        RestorationNetwork network = options.Create(seed: 7);
        if (network.modules().OfType<SafeBatchNorm2d>().Any())
        {
            network.call(rand([2, network.Channels, 16, 16], generator: generator));
        }

        foreach ((string name, TorchSharp.Modules.Parameter parameter) in network.named_parameters())
        {
            if (name.EndsWith(".bias", StringComparison.Ordinal) && parameter.requires_grad)
            {
                parameter.add_(randn(parameter.shape, generator: generator) * 0.1);
            }
        }

        network.eval();
        return network;
    }

    private string Content() => Encoding.Latin1.GetString(System.IO.File.ReadAllBytes(File));
}

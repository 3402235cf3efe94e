using Mdf.Checkpoints;
using Mdf.Models.Perceptual;
using Mdf.Models.Simd;
using Mdf.Testing;
using Microsoft.Extensions.Logging;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests;

/// <summary>Tests the VGG loss on small networks. Conformance tests what all losses share.</summary>
public sealed class VggLossTests : IDisposable
{
    private static readonly VggLossOptions Shallow = new() { Layers = ["relu1_2", "relu2_2"] };

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly FeatureNetwork network = TestNetworks.Create(new Vgg16Features("relu2_2"));
    private readonly Tensor y = TestImages.Create(1, ScalarType.Float64, 3, 3, 10, 13);
    private readonly Tensor x;

    public VggLossTests() => x = TestImages.Noisy(y, 0.3);

    public void Dispose()
    {
        network.Dispose();
        scope.Dispose();
    }

    [Theory]
    [InlineData(FeatureDistance.L2)]
    [InlineData(FeatureDistance.L1)]
    public void Terms_EitherDistance_AreThoseOfTheNetworksMaps(FeatureDistance distance)
    {
        VggLossOptions options = Shallow with { Distance = distance, LayerWeights = [2, 0.5] };
        using var loss = new VggLoss(network, options);
        using FeatureNetwork copy = network.CopyFrozen(ScalarType.Float64, CPU);
        Tensor Seen(Tensor images) => (images - Channels(0.485f, 0.456f, 0.406f)) / Channels(0.229f, 0.224f, 0.225f);

        IEnumerable<Tensor> differences = copy.Features(Seen(x), options.Layers).Zip(
            copy.Features(Seen(y), options.Layers), (a, b) => a - b);
        Tensor[] expected = [.. differences.Select(d => (distance == FeatureDistance.L1 ? d.abs() : d.pow(2)).mean([1, 2, 3]))];

        TensorAssert.RelativelyNear(stack([expected[0] * 2, expected[1] * 0.5], 1), loss.Terms(x, y), 1e-10);
        TensorAssert.RelativelyNear(loss.Terms(x, y).sum(1).mean(), loss.call(x, y), 1e-12);

        static Tensor Channels(params float[] values) => tensor(values).to(ScalarType.Float64).reshape(1, 3, 1, 1);
    }

    [Fact]
    public void LayerWeights_None_AverageTheLayers()
    {
        using var loss = new VggLoss(network, Shallow);
        using var weighted = new VggLoss(network, Shallow with { LayerWeights = [0.5, 0.5] });
        TensorAssert.Equal(weighted.call(x, y), loss.call(x, y));
    }

    [Fact]
    public void Layers_InAnyOrder_KeepTheirTerms()
    {
        using var loss = new VggLoss(network, Shallow);
        using var reversed = new VggLoss(network, Shallow with { Layers = ["relu2_2", "relu1_2"] });
        TensorAssert.Equal(loss.Terms(x, y).flip(1), reversed.Terms(x, y));
    }

    [Fact]
    public void Fused_AnyWorkingMemory_AgreesWithTheGraph()
    {
        using var small = new VggLoss(network, Shallow with { WorkingMemory = 1 << 20 });
        using var large = new VggLoss(network, Shallow with { WorkingMemory = 1 << 30 });
        (Tensor expected, Tensor expectedGradient) = Run(large, y.clone().requires_grad_(true));
        foreach (VggLoss loss in new[] { small, large })
        {
            (Tensor value, Tensor gradient) = Run(loss, y);
            TensorAssert.RelativelyNear(expected, value, 1e-12);
            Assert.InRange(TensorAssert.RelativeNormError(expectedGradient, gradient), 0, 1e-12);
        }

        (Tensor Value, Tensor Gradient) Run(VggLoss loss, Tensor reference)
        {
            Tensor point = x.clone().requires_grad_(true), value = loss.call(point, reference);
            return (value.detach(), autograd.grad([value], [point])[0]);
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32, 1e-6)]
    [InlineData(ScalarType.Float64, 1e-12)]
    public void Prepare_Reference_GivesTheSameLossAndGradient(ScalarType dtype, double tolerance)
    {
        using var loss = new VggLoss(network, Shallow with { WorkingMemory = 1 << 20 });
        Tensor point = x.to(dtype, copy: true).requires_grad_(true), reference = y.to(dtype), value = loss.call(point, reference);
        Tensor gradient = autograd.grad([value], [point])[0];

        using PreparedReference prepared = loss.Prepare(reference);
        Tensor again = loss.call(point, prepared);

        TensorAssert.RelativelyNear(value.detach(), again.detach(), tolerance);
        Assert.InRange(TensorAssert.RelativeNormError(gradient, autograd.grad([again], [point])[0]), 0, tolerance);
        using var other = new VggLoss(network, Shallow);
        Assert.Throws<ArgumentException>("reference", () => other.call(point, prepared));
    }

    [Fact]
    public void Backward_Twice_IsTheNumericalSecondDerivative()
    {
        // The distance of ReLU networks is quadratic between kinks.
        using var loss = new VggLoss(network, Shallow with { Layers = ["relu1_2"] });
        Tensor direction = TestImages.Create(5, ScalarType.Float64, x.shape) - 0.5;
        GradientAssert.IsNumerical(x, v =>
        {
            Tensor point = v.requires_grad ? v : v.detach().requires_grad_(true);
            Tensor gradient = autograd.grad([loss.call(point, y)], [point], retain_graph: true, create_graph: true)[0];
            return (gradient * direction).sum();
        });
    }

    [Fact]
    public void Forward_Resizing_TakesImagesOfAnySize()
    {
        using var loss = new VggLoss(network, Shallow with { Resizes = true });
        Assert.Equal(1, loss.MinimumSide);
        Assert.True(loss.call(zeros(1, 3, 1, 2), ones(1, 3, 1, 2)).item<float>() > 0);
        using var plain = new VggLoss(network, Shallow);
        Assert.Equal(2, plain.MinimumSide);
    }

    [Fact]
    public void Constructor_File_LoadsWhatTheLayersNeedAndTellsTheLogger()
    {
        using var folder = new TemporaryFolder();
        var logger = new ListLogger();
        SafetensorsFile.Write(folder.PathOf("vgg.safetensors"), network.state_dict());
        using var fromFile = new VggLoss(folder.PathOf("vgg.safetensors"), Shallow, logger);
        using var fromMemory = new VggLoss(network, Shallow);
        TensorAssert.Equal(fromMemory.call(x, y), fromFile.call(x, y));
        Assert.Contains("Vgg16 from", Assert.Single(logger.Messages), StringComparison.Ordinal);

        string message = Assert.Throws<CheckpointFormatException>(
            () => new VggLoss(folder.PathOf("vgg.safetensors"), new VggLossOptions { Layers = ["relu3_1"] })).Message;
        Assert.Contains(
            "it lacks [features.10.weight, features.10.bias]",
            message.Replace("features.10.bias, features.10.weight", "features.10.weight, features.10.bias", StringComparison.Ordinal),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_LoggerForDebugging_IsToldTheKernels()
    {
        using var folder = new TemporaryFolder();
        var logger = new ListLogger(LogLevel.Debug);
        SafetensorsFile.Write(folder.PathOf("vgg.safetensors"), network.state_dict());
        using var loss = new VggLoss(folder.PathOf("vgg.safetensors"), Shallow, logger);
        string expected = $"Kernels in C# use vectors of {KernelChoice.Current.Bits} bits, because ";
        Assert.Equal(
            VectorDiscriminator.IsSupported ? 1 : 0, logger.Messages.Count(m => m.StartsWith(expected, StringComparison.Ordinal)));
    }

    [Fact]
    public void Constructor_NoFile_SaysWhichToPutWhere()
    {
        using var folder = new TemporaryFolder();
        string? before = Environment.GetEnvironmentVariable(PretrainedWeights.FolderVariable);
        Environment.SetEnvironmentVariable(PretrainedWeights.FolderVariable, folder.FullName);
        try
        {
            Assert.Equal(folder.PathOf("vgg16-397923af.pth"), Assert.Throws<FileNotFoundException>(() => new VggLoss()).FileName);
            var options = new VggLossOptions { Network = VggNetwork.Vgg19 };
            Assert.Equal(
                folder.PathOf("vgg19-dcbb9e9d.pth"), Assert.Throws<FileNotFoundException>(() => new VggLoss(options: options)).FileName);
        }
        finally
        {
            Environment.SetEnvironmentVariable(PretrainedWeights.FolderVariable, before);
        }
    }

    [Fact]
    public void Constructor_Vgg19_HasItsLayers()
    {
        using FeatureNetwork deeper = TestNetworks.Create(new Vgg19Features("relu3_4"));
        using var loss = new VggLoss(deeper, new VggLossOptions { Layers = ["relu3_4"] });
        Assert.Equal(4, loss.MinimumSide);
        Assert.True(loss.call(x, y).item<double>() > 0);
    }

    [Fact]
    public void Constructor_NetworkChangedAfterwards_DoesNotMatter()
    {
        using var loss = new VggLoss(network, Shallow);
        Tensor before = loss.call(x, y);
        using (no_grad())
        {
            network.state_dict()["features.0.weight"].zero_();
        }

        TensorAssert.Equal(before, loss.call(x, y));
    }

    [Fact]
    public void Constructor_WeightsThatAreNotFinite_NamesThem()
    {
        using (no_grad())
        {
            network.state_dict()["features.5.bias"].fill_(double.NaN);
        }

        Assert.Contains(
            "'features.5.bias' holds NaN",
            Assert.Throws<ArgumentException>("weights", () => new VggLoss(network, Shallow)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_OptionsOutOfRange_NamesThem()
    {
        AssertRefused("Layers is [relu9_9]; expected one or more of relu1_1, ", Shallow with { Layers = ["relu9_9"] });
        AssertRefused("each once", Shallow with { Layers = ["relu1_1", "relu1_1"] });
        AssertRefused("Layers is []", Shallow with { Layers = [] });
        AssertRefused("Layers is null", Shallow with { Layers = null! });
        AssertRefused("LayerWeights is [1]; expected 2 finite numbers", Shallow with { LayerWeights = [1] });
        AssertRefused("LayerWeights is [0, 0]", Shallow with { LayerWeights = [0, 0] });
        AssertRefused("LayerWeights is [1, -1]", Shallow with { LayerWeights = [1, -1] });
        AssertRefused("WorkingMemory is 1 bytes; expected at least 1 MiB", Shallow with { WorkingMemory = 1 });
        AssertRefused("FeatureDistance is 5", Shallow with { Distance = (FeatureDistance)5 });
        Assert.Contains(
            "VggNetwork is 5",
            Assert.Throws<ArgumentOutOfRangeException>(
                "options", () => new VggLoss(options: Shallow with { Network = (VggNetwork)5 })).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>("network", () => new VggLoss((FeatureNetwork)null!));

        void AssertRefused(string said, VggLossOptions wrong) => Assert.Contains(
            said, Assert.Throws<ArgumentOutOfRangeException>(
                "options", () => new VggLoss(network, wrong)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryPublicMethod_Disposed_LeavesNoTensor()
    {
        using var loss = new VggLoss(network, Shallow);
        Tensor narrow = x.to(ScalarType.Float32), wide = x.clone().requires_grad_(true);
        LiveTensors.AssertNoneLeft(() =>
        {
            loss.Terms(narrow, narrow).Dispose();
            loss.Terms(wide, y).Dispose();
            using PreparedReference prepared = loss.Prepare(y);
            loss.call(x, prepared).Dispose();
        });
    }

    [Fact]
    public void MadeMovedAndDisposed_LeavesNoTensorButTheShellsOfItsParameters()
    {
        // TorchSharp counts what became the value of a parameter; for the copies in float32 and in float64 on two devices.
        long shells = LiveTensors.CountLeft(() => network.CopyFrozen(ScalarType.Float32, CPU).Dispose())
            + (2 * LiveTensors.CountLeft(() => network.CopyFrozen(ScalarType.Float64, CPU).Dispose()));
        Assert.Equal(shells, LiveTensors.CountLeft(() =>
        {
            using var loss = new VggLoss(network, Shallow);
            loss.call(x, y).Dispose();
            loss.to(META);
            loss.to(CPU);
            loss.call(x, y).Dispose();
        }));
    }
}

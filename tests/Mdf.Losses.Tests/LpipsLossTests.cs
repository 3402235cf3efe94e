using Mdf.Checkpoints;
using Mdf.Losses.Perceptual;
using Mdf.Models.Perceptual;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests;

/// <summary>Tests LPIPS on its smallest network. Conformance tests what all losses share.</summary>
public sealed class LpipsLossTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly FeatureNetwork network = TestNetworks.Create(new SqueezeNetFeatures());
    private readonly Tensor y = TestImages.Create(1, ScalarType.Float64, 3, 3, 18, 21);
    private readonly Tensor x;

    public LpipsLossTests() => x = TestImages.Noisy(y, 0.3);

    public void Dispose()
    {
        network.Dispose();
        scope.Dispose();
    }

    [Fact]
    public void Terms_EveryLayer_AreThePublishedFormula()
    {
        using var loss = new LpipsLoss(network);
        LpipsLinearWeights linear = LpipsLinearWeights.Read(LpipsNetwork.Squeeze, null);
        using FeatureNetwork copy = network.CopyFrozen(ScalarType.Float64, CPU);
        Tensor Channels(params float[] values) => tensor(values).to(ScalarType.Float64).reshape(1, -1, 1, 1);
        Tensor[] Units(Tensor images) =>
            [.. copy.Features(((2 * images) - 1 - Channels(-0.030f, -0.088f, -0.188f)) / Channels(0.458f, 0.448f, 0.450f), linear.Layers)
                .Select(m => m / (m.square().sum(1, keepdim: true).sqrt() + 1e-10))];
        Tensor[] expected =
            [.. Units(x).Zip(Units(y), (a, b) => (a - b).square()).Zip(linear.Channels, (d, w) => (d * Channels(w)).sum(1).mean([1, 2]))];

        TensorAssert.RelativelyNear(stack(expected, 1), loss.Terms(x, y), 1e-10);
        TensorAssert.RelativelyNear(loss.Terms(x, y).sum(1).mean(), loss.call(x, y), 1e-12);
        Assert.Equal(7, expected.Length);
    }

    [Fact]
    public void Prepare_Reference_GivesTheSameLossAndGradient()
    {
        using var loss = new LpipsLoss(network, options: new LpipsLossOptions { WorkingMemory = 1 << 20 });
        Tensor point = x.clone().requires_grad_(true), value = loss.call(point, y);
        using PreparedReference prepared = loss.Prepare(y);
        Tensor again = loss.call(point, prepared);
        TensorAssert.RelativelyNear(value.detach(), again.detach(), 1e-12);
        TensorAssert.Near(autograd.grad([value], [point])[0], autograd.grad([again], [point])[0], 1e-15);
    }

    [Fact]
    public void Fused_AnyWorkingMemory_AgreesWithTheGraph()
    {
        using var loss = new LpipsLoss(network, options: new LpipsLossOptions { WorkingMemory = 1 << 20 });
        Tensor point = x.clone().requires_grad_(true), fused = loss.call(point, y), graph = loss.call(
            point, y.clone().requires_grad_(true));
        TensorAssert.RelativelyNear(graph.detach(), fused.detach(), 1e-12);
        Assert.InRange(TensorAssert.RelativeNormError(autograd.grad([graph], [point])[0], autograd.grad([fused], [point])[0]), 0, 1e-12);
    }

    [Fact]
    public void Backward_MapsThatAreAllZero_IsFinite()
    {
        // Biases far below zero leave nothing after the first ReLU: norms of zero, whose root has no derivative.
        using (no_grad())
        {
            network.state_dict()["features.0.bias"].fill_(-100);
        }

        using var loss = new LpipsLoss(network);
        Tensor point = x.clone().requires_grad_(true);
        loss.call(point, y).backward();
        Assert.Equal(0, point.grad!.abs().max().item<double>());
    }

    [Fact]
    public void Constructor_File_LoadsWhatLpipsNeedsAndTellsTheLogger()
    {
        using var folder = new TemporaryFolder();
        var logger = new ListLogger();
        SafetensorsFile.Write(folder.PathOf("squeeze.safetensors"), network.state_dict());
        using var fromFile = new LpipsLoss(LpipsNetwork.Squeeze, folder.PathOf("squeeze.safetensors"), logger: logger);
        using var fromMemory = new LpipsLoss(network);
        TensorAssert.Equal(fromMemory.call(x, y), fromFile.call(x, y));
        Assert.Contains("Squeeze from", Assert.Single(logger.Messages), StringComparison.Ordinal);
        Assert.Contains(
            "no AlexNetFeatures",
            Assert.Throws<CheckpointFormatException>(() => new LpipsLoss(LpipsNetwork.Alex, folder.PathOf("squeeze.safetensors"))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LpipsNetwork.Alex, "alexnet-owt-7be5be79.pth")]
    [InlineData(LpipsNetwork.Vgg, "vgg16-397923af.pth")]
    [InlineData(LpipsNetwork.Squeeze, "squeezenet1_1-b8a52dc0.pth")]
    public void Constructor_NoFile_SaysWhichToPutWhere(LpipsNetwork which, string file)
    {
        using var folder = new TemporaryFolder();
        string? before = Environment.GetEnvironmentVariable(PretrainedWeights.FolderVariable);
        Environment.SetEnvironmentVariable(PretrainedWeights.FolderVariable, folder.FullName);
        try
        {
            Assert.Equal(folder.PathOf(file), Assert.Throws<FileNotFoundException>(() => new LpipsLoss(which)).FileName);
        }
        finally
        {
            Environment.SetEnvironmentVariable(PretrainedWeights.FolderVariable, before);
        }
    }

    [Fact]
    public void Constructor_LinearFile_TakesItsWeights()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("linear.safetensors");
        LpipsLinearWeights published = LpipsLinearWeights.Read(LpipsNetwork.Squeeze, null);
        Dictionary<string, Tensor> file = published.Channels.Index().ToDictionary(
            l => $"lin{l.Index}.model.1.weight", l => tensor(l.Item).reshape(1, -1, 1, 1) * 2);
        SafetensorsFile.Write(path, file);
        using var loss = new LpipsLoss(network);
        using var twice = new LpipsLoss(network, path);
        TensorAssert.RelativelyNear(loss.call(x, y) * 2, twice.call(x, y), 1e-12);

        file["lin3.model.1.weight"] = zeros(1, 3, 1, 1);
        SafetensorsFile.Write(path, file);
        AssertRefused("needs 'lin3.model.1.weight' of shape (1, 384, 1, 1); the file has it of shape (1, 3, 1, 1)");
        file.Remove("lin3.model.1.weight");
        SafetensorsFile.Write(path, file);
        AssertRefused("the file lacks this entry");
        file["lin3.model.1.weight"] = full([1, 384, 1, 1], float.NaN);
        SafetensorsFile.Write(path, file);
        AssertRefused("NaN");

        void AssertRefused(string said) =>
            Assert.Contains(
                said, Assert.Throws<CheckpointFormatException>(() => new LpipsLoss(network, path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_Misused_SaysWhatIsWrong()
    {
        using var shallow = new SqueezeNetFeatures("fire3");
        using var other = new Vgg19Features("relu1_1");
        Assert.Contains(
            "lacks fire5, fire6",
            Assert.Throws<ArgumentException>("backbone", () => new LpipsLoss(shallow)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "Vgg19Features; expected",
            Assert.Throws<ArgumentException>("backbone", () => new LpipsLoss(other)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>("backbone", () => new LpipsLoss((FeatureNetwork)null!));
        Assert.Throws<ArgumentOutOfRangeException>("network", () => new LpipsLoss((LpipsNetwork)9));
        Assert.Contains(
            "WorkingMemory",
            Assert.Throws<ArgumentOutOfRangeException>(
                "options", () => new LpipsLoss(network, options: new LpipsLossOptions { WorkingMemory = 0 })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void EveryPublicMethod_Disposed_LeavesNoTensor()
    {
        Tensor point = x.clone().requires_grad_(true);
        using var loss = new LpipsLoss(network);
        LiveTensors.AssertNoneLeft(() =>
        {
            loss.Terms(x, y).Dispose();
            loss.Terms(point, y).Dispose();
            using PreparedReference prepared = loss.Prepare(y);
            loss.call(x, prepared).Dispose();
        });

        // TorchSharp counts what became the value of a parameter.
        long shells = LiveTensors.CountLeft(() => network.CopyFrozen(ScalarType.Float32, CPU).Dispose());
        Assert.Equal(shells, LiveTensors.CountLeft(() => new LpipsLoss(network).Dispose()));
    }
}

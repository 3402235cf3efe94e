using System.Runtime.InteropServices;
using Mdf.Checkpoints;
using Mdf.Models.Restoration;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Mdf.Models.Tests.Restoration;

public sealed class DnCnnTests
{
    private const double KairEpsilon = 1e-4;

    [Fact]
    public void Forward_Image_IsItLessTheResidual()
    {
        using var scope = NewDisposeScope();
        using var network = (DnCnn)SmallNetworks.Create(new DnCnnOptions { Layers = 4, Width = 6 });
        Tensor images = SmallNetworks.Images(network, 8, 9);
        Tensor residual = network.Residual(images);
        Assert.NotEqual(0, residual.abs().max().item<float>());
        TensorAssert.Equal(images - residual, network.call(images));
        LiveTensors.AssertNoneLeft(() => network.Residual(images).Dispose());
    }

    [Fact]
    public void Create_Weights_AreAsPublished()
    {
        using var scope = NewDisposeScope();
        using var network = new DnCnn();
        Assert.Equal(Math.Sqrt(2.0 / (64 * 9)), network.state_dict()["dncnn.2.weight"].std().item<float>(), 1e-3);
        Assert.Equal(Math.Sqrt(2.0 / (3 * 9)), network.state_dict()["dncnn.0.weight"].std().item<float>(), 2e-2);
        Tensor scales = cat(
        [
            .. network.state_dict()
                .Where(w => w.Key.EndsWith(".weight", StringComparison.Ordinal) && w.Value.ndim == 1)
                .Select(w => w.Value),
        ]);
        Assert.Equal(15 * 64, scales.numel());
        Assert.Equal(0, scales.mean().item<float>(), 1e-2);
        Assert.Equal(Math.Sqrt(2.0 / (64 * 9)), scales.std().item<float>(), 5e-3);
        Assert.Equal(0.025, scales.abs().min().item<float>(), 1e-6);
        Assert.Equal(0, network.state_dict()["dncnn.3.bias"].abs().max().item<float>());
    }

    [Fact]
    public void LoadWeights_KairWithNormalization_GivesItsResult()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        Dictionary<string, Tensor> kair = Kair(layers: 4, width: 5);
        SafetensorsFile.Write(folder.PathOf("kair.safetensors"), kair);
        using var network = new DnCnn(new DnCnnOptions { Layers = 4, Width = 5, Channels = 1, Biases = true });
        network.LoadWeights(folder.PathOf("kair.safetensors"));
        network.eval();
        network.to(ScalarType.Float64);

        Tensor images = SmallNetworks.Images(network, 8, 9, ScalarType.Float64);
        Tensor expected = images - KairResidual(kair, images);
        TensorAssert.Near(expected, network.call(images), 1e-6 * expected.abs().max().item<double>());
    }

    [Fact]
    public void LoadWeights_KairMerged_GivesTheSameResult()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        Dictionary<string, Tensor> kair = Kair(layers: 4, width: 5);
        SafetensorsFile.Write(folder.PathOf("merged.safetensors"), Merged(kair));
        using var network = new DnCnn(new DnCnnOptions { Layers = 4, Width = 5, Channels = 1, Normalization = false, Biases = true });
        network.LoadWeights(folder.PathOf("merged.safetensors"));
        network.to(ScalarType.Float64);

        Tensor images = SmallNetworks.Images(network, 8, 9, ScalarType.Float64);
        Tensor expected = images - KairResidual(kair, images);
        TensorAssert.Near(expected, network.call(images), 1e-6 * expected.abs().max().item<double>());
    }

    [Fact]
    public void LoadWeights_PyTorchFileOfDataParallel_IsTaken()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        float[] values = [.. Enumerable.Range(1, 18).Select(i => (float)i)];
        byte[] file = new PickleAssembler().Operation('}').Operation('(')
            .Text("module.dncnn.0.weight").Tensor("0", "FloatStorage", 18, [1, 1, 3, 3], [9, 9, 3, 1])
            .Text("module.dncnn.2.weight").Tensor("0", "FloatStorage", 18, [1, 1, 3, 3], [9, 9, 3, 1], start: 9)
            .Operation('u').ToZipFile(("0", MemoryMarshal.AsBytes<float>(values).ToArray()));
        File.WriteAllBytes(folder.PathOf("net.pth"), file);
        using var network = new DnCnn(new DnCnnOptions { Layers = 2, Width = 1, Channels = 1 });

        network.LoadWeights(folder.PathOf("net.pth"));

        TensorAssert.Equal(tensor(values[..9]), network.state_dict()["dncnn.0.weight"].flatten());
        TensorAssert.Equal(tensor(values[9..]), network.state_dict()["dncnn.2.weight"].flatten());
    }

    [Fact]
    public void LoadWeights_ObjectBesideTheWeights_IsListed()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        byte[] file = new PickleAssembler().Operation('}').Operation('(')
            .Text("partial").Global("functools", "partial").Operation('(').Operation('t').Operation('R')
            .Text("state_dict").Operation('}').Operation('(')
            .Text("dncnn.0.weight").Tensor("0", "FloatStorage", 18, [1, 1, 3, 3], [9, 9, 3, 1])
            .Text("dncnn.2.weight").Tensor("0", "FloatStorage", 18, [1, 1, 3, 3], [9, 9, 3, 1], start: 9)
            .Operation('u').Operation('u').ToZipFile(("0", new byte[18 * sizeof(float)]));
        File.WriteAllBytes(folder.PathOf("net.pth"), file);
        using var network = new DnCnn(new DnCnnOptions { Layers = 2, Width = 1, Channels = 1 });
        Assert.Empty(network.Ignored);
        network.LoadWeights(folder.PathOf("net.pth"), "state_dict");
        Assert.Equal(["functools.partial"], network.Ignored);
    }

    [Fact]
    public void LoadWeights_MergedIntoNormalized_NamesWhatIsMissing()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        SafetensorsFile.Write(folder.PathOf("merged.safetensors"), Merged(Kair(layers: 4, width: 5)));
        using var network = new DnCnn(new DnCnnOptions { Layers = 4, Width = 5, Channels = 1 });
        var error = Assert.Throws<CheckpointFormatException>(() => network.LoadWeights(folder.PathOf("merged.safetensors")));
        Assert.Contains("dncnn.3.running_mean", error.Message, StringComparison.Ordinal);
        Assert.Contains("model.0.bias", error.Message, StringComparison.Ordinal);
    }

    // KAIR's training checkpoints: convolution, ReLU; then repeated convolution, normalisation, ReLU; then convolution; all with biases.
    private static Dictionary<string, Tensor> Kair(int layers, int width)
    {
        using var generator = new Generator(21, CPU);
        Tensor Random(params long[] shape) => randn(shape, generator: generator) * 0.4;
        var weights = new Dictionary<string, Tensor> { ["model.0.weight"] = Random(width, 1, 3, 3), ["model.0.bias"] = Random(width) };
        int at = 2;
        for (int i = 0; i < layers - 2; i++, at += 3)
        {
            weights[$"model.{at}.weight"] = Random(width, width, 3, 3);
            weights[$"model.{at}.bias"] = Random(width);
            weights[$"model.{at + 1}.weight"] = 1 + Random(width);
            weights[$"model.{at + 1}.bias"] = Random(width);
            weights[$"model.{at + 1}.running_mean"] = Random(width);
            weights[$"model.{at + 1}.running_var"] = Random(width).square() * 0.01;
            weights[$"model.{at + 1}.num_batches_tracked"] = tensor(7L);
        }

        weights[$"model.{at}.weight"] = Random(1, width, 3, 3);
        weights[$"model.{at}.bias"] = Random(1);
        return weights;
    }

    private static Tensor KairResidual(Dictionary<string, Tensor> kair, Tensor images)
    {
        Tensor Weight(int at, string name) => kair[$"model.{at}.{name}"].to(ScalarType.Float64);
        Tensor Convolved(Tensor x, int at) => conv2d(x, Weight(at, "weight"), Weight(at, "bias"), padding: [1, 1]);
        Tensor x = relu(Convolved(images, 0));
        int at = 2;
        for (; kair.ContainsKey($"model.{at + 1}.running_mean"); at += 3)
        {
            Tensor Channel(string name) => Weight(at + 1, name).reshape(1, -1, 1, 1);
            Tensor normalized = (Convolved(x, at) - Channel("running_mean")) / (Channel("running_var") + KairEpsilon).sqrt();
            x = relu((normalized * Channel("weight")) + Channel("bias"));
        }

        return Convolved(x, at);
    }

    // KAIR's published checkpoints: each normalisation is merged into the convolution before it.
    private static Dictionary<string, Tensor> Merged(Dictionary<string, Tensor> kair)
    {
        var merged = new Dictionary<string, Tensor>();
        int at = 0;
        IEnumerable<string> convolutions = kair.Where(t => t.Value.ndim == 4).Select(t => t.Key.Split('.')[1]);
        foreach (int from in convolutions.Select(i => int.Parse(i, System.Globalization.CultureInfo.InvariantCulture)))
        {
            Tensor weight = kair[$"model.{from}.weight"], bias = kair[$"model.{from}.bias"];
            if (kair.TryGetValue($"model.{from + 1}.running_mean", out Tensor? mean))
            {
                Tensor factor = kair[$"model.{from + 1}.weight"] / (kair[$"model.{from + 1}.running_var"] + KairEpsilon).sqrt();
                weight *= factor.reshape(-1, 1, 1, 1);
                bias = ((bias - mean) * factor) + kair[$"model.{from + 1}.bias"];
            }

            merged[$"model.{at}.weight"] = weight;
            merged[$"model.{at}.bias"] = bias;
            at += 2;
        }

        return merged;
    }
}

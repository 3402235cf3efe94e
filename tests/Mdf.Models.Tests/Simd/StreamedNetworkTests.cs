using Mdf.Models.Restoration;
using Mdf.Models.Simd;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Models.Tests.Simd;

/// <summary>Networks computed in bands of rows agree with libtorch in float64.</summary>
public sealed class StreamedNetworkTests : IDisposable
{
    private const double Tolerance = 1e-4;

    private static readonly Dictionary<string, Func<RestorationNetwork>> Networks = new()
    {
        ["DnCNN"] = () => new DnCnn(new DnCnnOptions { Layers = 5, Width = 32, Normalization = true, Biases = true }, seed: 1),
        ["DnCNN, grey, no biases"] = () => new DnCnn(
            new DnCnnOptions { Channels = 1, Layers = 17, Width = 32, Normalization = false }, seed: 2),
        ["DnCNN, two layers"] = () => new DnCnn(new DnCnnOptions { Layers = 2, Width = 64 }, seed: 3),
        ["EDSR x2"] = () => new Edsr(new EdsrOptions { Scale = 2, Blocks = 2, Width = 32 }, seed: 4),
        ["EDSR x3"] = () => new Edsr(new EdsrOptions { Scale = 3, Blocks = 1, Width = 32, ResidualScale = 0.1 }, seed: 5),
        ["EDSR x4"] = () => new Edsr(new EdsrOptions { Scale = 4, Blocks = 3, Width = 64 }, seed: 6),
        ["SRResNet x2"] = () => new SrResNet(new SrResNetOptions { Scale = 2, Blocks = 2, Width = 32 }, seed: 7),
        ["SRResNet x4"] = () => new SrResNet(new SrResNetOptions { Scale = 4, Blocks = 1, Width = 64 }, seed: 8),
        ["MSRResNet x3"] = () => new MsrResNet(new MsrResNetOptions { Scale = 3, Blocks = 1, Width = 32 }, seed: 9),
        ["MSRResNet x4"] = () => new MsrResNet(new MsrResNetOptions { Scale = 4, Blocks = 2, Width = 64 }, seed: 10),
    };

    // The last one is wider than a strip.
    private static readonly (int, int, int)[] Sizes =
        [(1, 1, 1), (2, 5, 3), (1, 11, 13), .. TestLength.IsFull ? [(1, 8, 33), (3, 26, 17)] : Array.Empty<(int, int, int)>(), (1, 7, 700)];

    private readonly DisposeScope scope = NewDisposeScope();

    public static TheoryData<string> Names => [.. Networks.Keys];

    public static TheoryData<string, int, int, int> Cases => new(
        from name in Networks.Keys
        from size in Sizes
        select (name, size.Item1, size.Item2, size.Item3));

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_AnySize_AgreesWithLibtorch(string name, int count, int height, int width)
    {
        SkipWithoutVectors();
        using RestorationNetwork network = Trained(name);
        Tensor images = Images(network, count, height, width);
        using var form = StreamedNetwork.TryCreate(network.Describe());
        Assert.NotNull(form);

        Tensor actual = form.Run(images, cancellation: TestContext.Current.CancellationToken);

        Tensor expected = InFloat64(name, network, images);
        Assert.Equal(expected.shape, actual.shape);
        Assert.True(actual.is_contiguous());
        TensorAssert.Near(expected, actual, Tolerance);
    }

    [Fact]
    public void Call_WithoutGradients_IsStreamedAndSeesChangedWeights()
    {
        SkipWithoutVectors();
        using RestorationNetwork network = Trained("DnCNN");
        Tensor images = Images(network, 1, 20, 30);
        using var noGradient = no_grad();
        foreach (double factor in new[] { 1, 0.5, 2 })
        {
            network.parameters().First().mul_(factor);
            using var form = StreamedNetwork.TryCreate(network.Describe())!;
            TensorAssert.Equal(form.Run(images, cancellation: TestContext.Current.CancellationToken), network.call(images));
        }

        network.buffers().First().add_(0.25);
        using var changed = StreamedNetwork.TryCreate(network.Describe())!;
        TensorAssert.Equal(changed.Run(images, cancellation: TestContext.Current.CancellationToken), network.call(images));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Call_ManyTimes_LeavesNoTensor(string name)
    {
        using RestorationNetwork network = Trained(name);
        using (no_grad())
        {
            network.call(Images(network, 1, 12, 12));
        }

        LiveTensors.AssertNoneLeft(() =>
        {
            using var each = NewDisposeScope();
            using var noGradient = no_grad();
            network.parameters().First().mul_(0.5f);
            network.call(Images(network, 1, 12, 12));
        });
    }

    // The second image is wide enough for strips.
    [Theory]
    [InlineData("EDSR x4", 40, 50)]
    [InlineData("DnCNN", 12, 500)]
    public void Call_AnyNumberOfThreads_GivesTheSame(string name, int height, int width)
    {
        using RestorationNetwork network = Trained(name);
        Tensor images = Images(network, 1, height, width);
        using var noGradient = no_grad();
        int before = get_num_threads();
        Tensor expected = network.call(images);
        try
        {
            set_num_threads(3);
            TensorAssert.Equal(expected, network.call(images));
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Theory]
    [InlineData(300, 17, 1)]
    [InlineData(481, 17, 2)]
    [InlineData(481, 36, 1)]
    [InlineData(1920, 17, 4)]
    [InlineData(1920, 36, 4)]
    [InlineData(500, 5, 4)]
    public void Strips_HalosAndWidths_RepeatAFewColumnsAndAreNotTooWide(int width, double halo, int expected) =>
        Assert.Equal(expected, StreamedNetwork.Strips(width, halo));

    [Theory]
    [InlineData("EDSR x2", 40, 30)]
    [InlineData("DnCNN", 60, 500)]
    public void Restore_WithoutTiles_ReportsProgressAndCanBeCancelled(string name, int height, int width)
    {
        SkipWithoutVectors();
        using RestorationNetwork network = Trained(name);
        Tensor images = Images(network, 2, height, width);
        var fractions = new List<double>();
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Tensor restored = TiledInference.Restore(network, images, progress: new Recorder(fractions.Add), cancellationToken: cancellation);
        Assert.Equal(fractions.Order(), fractions);
        Assert.True(fractions.Count > 10);
        Assert.Equal(1, fractions[^1], 1e-9);
        Tensor tiled = TiledInference.Restore(network, images, new TilingOptions { TileSize = 16 }, cancellationToken: cancellation);
        TensorAssert.Near(tiled, restored, Tolerance);

        using var source = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => TiledInference.Restore(
            network, images, progress: new Recorder(_ => source.Cancel()), cancellationToken: source.Token));
    }

    [Fact]
    public void TryCreate_LayersThatDoNotFit_IsNull()
    {
        using var narrow = new DnCnn(new DnCnnOptions { Layers = 3, Width = 24 });
        Assert.Null(StreamedNetwork.TryCreate(narrow.Describe()));
        using var noGradient = no_grad();
        narrow.eval();
        Assert.Equal([1, 3, 8, 8], narrow.call(rand(1, 3, 8, 8)).shape);
    }

    private static RestorationNetwork Trained(string name)
    {
        RestorationNetwork network = Networks[name]();
        network.eval();
        using var noGradient = no_grad();
        using var generator = new Generator(3);
        foreach ((string key, Tensor value) in network.state_dict().Where(s => s.Value.is_floating_point() && s.Value.ndim == 1))
        {
            Tensor drawn = rand(value.shape, ScalarType.Float32, CPU, generator: generator);
            bool isPositive = key.EndsWith("running_var", StringComparison.Ordinal);
            value.copy_(isPositive ? drawn + 0.5 : key.StartsWith("add_mean", StringComparison.Ordinal) ? value : (drawn * 0.4) - 0.1);
        }

        return network;
    }

    private static Tensor InFloat64(string name, RestorationNetwork network, Tensor images)
    {
        using var noGradient = no_grad();
        using RestorationNetwork exact = Networks[name]();
        exact.load_state_dict(network.state_dict());
        exact.to(ScalarType.Float64);
        exact.eval();
        return exact.call(images.to(ScalarType.Float64));
    }

    private static Tensor Images(RestorationNetwork network, int count, int height, int width)
    {
        using var generator = new Generator(4);
        return rand([count, network.Channels, height, width], ScalarType.Float32, CPU, generator: generator);
    }

    private static void SkipWithoutVectors() => Assert.SkipUnless(VectorDiscriminator.IsSupported, "no AVX2");

    private sealed class Recorder(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}

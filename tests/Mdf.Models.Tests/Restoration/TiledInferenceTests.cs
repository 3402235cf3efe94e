using Mdf.Models.Restoration;
using Mdf.Testing;
using Mdf.TorchCompatibility;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Models.Tests.Restoration;

public sealed class TiledInferenceTests
{
    private static readonly RestorationOptions Small = new EdsrOptions { Scale = 2, Blocks = 2, Width = 6 };

    public static TheoryData<RestorationOptions> Networks => SmallNetworks.All;

    [Theory]
    [MemberData(nameof(Networks), DisableDiscoveryEnumeration = true)]
    public void Restore_DefaultOverlap_IsTheWholeImage(RestorationOptions options)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using RestorationNetwork network = SmallNetworks.Create(options);
        Tensor images = SmallNetworks.Images(network, 37, 26);
        TensorAssert.Near(network.call(images), Restore(network, images, new TilingOptions { TileSize = 9 }), 1e-5);
        TensorAssert.Near(network.call(images), Restore(network, images), 1e-5);
    }

    [Fact]
    public void Restore_NoOverlap_DiffersOnlyNearTheTilesBorders()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using RestorationNetwork network = SmallNetworks.Create(Small);
        int radius = network.ReceptiveRadius!.Value, tile = (2 * radius) + 10;
        Tensor images = SmallNetworks.Images(network, 2 * tile, tile + 5);

        Tensor differences = (network.call(images) - Restore(network, images, new TilingOptions { TileSize = tile, Overlap = 0 })).abs();

        // The first tile without the pixels that lie within the radius of its lower and right border.
        Assert.InRange(differences.narrow(2, 0, 2 * (tile - radius)).narrow(3, 0, 2 * (tile - radius)).max().item<float>(), 0, 1e-5);
        Assert.InRange(differences.narrow(2, 2 * (tile - 1), 2).max().item<float>(), 1e-3, 1e3);
    }

    [Fact]
    public void Restore_Overlap_MustBeTheRadiusToBeExact()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using RestorationNetwork network = SmallNetworks.Create(Small);
        network.to(ScalarType.Float64);
        Tensor images = SmallNetworks.Images(network, 40, 40, ScalarType.Float64), whole = network.call(images);
        double Error(int overlap) => TensorAssert.LargestDifference(
            whole, Restore(network, images, new TilingOptions { TileSize = 8, Overlap = overlap }));
        Assert.InRange(Error(network.ReceptiveRadius!.Value), 0, 1e-12);
        Assert.InRange(Error(network.ReceptiveRadius!.Value - 1), 1e-9, 1);
    }

    [Fact]
    public void Restore_Progress_IsReportedTileByTile()
    {
        using var scope = NewDisposeScope();
        using RestorationNetwork network = SmallNetworks.Create(Small);
        var reports = new List<double>();
        TiledInference.Restore(
            network,
            SmallNetworks.Images(network, 10, 20),
            new TilingOptions { TileSize = 10 },
            new Reports(reports),
            TestContext.Current.CancellationToken);
        Assert.Equal([0.5, 1], reports);
    }

    [Fact]
    public void Restore_Cancelled_StopsAndLeavesNoTensor()
    {
        using RestorationNetwork network = SmallNetworks.Create(Small);
        using Tensor images = SmallNetworks.Images(network, 10, 20);
        LiveTensors.AssertNoneLeft(() =>
        {
            using var source = new CancellationTokenSource();
            Assert.Throws<OperationCanceledException>(() =>
                TiledInference.Restore(network, images, new TilingOptions { TileSize = 5 }, new CancelAtHalf(source), source.Token));
        });
    }

    [Fact]
    public void Restore_Disposed_LeavesNoTensorAndNoGradient()
    {
        using RestorationNetwork network = SmallNetworks.Create(Small);
        using Tensor images = SmallNetworks.Images(network, 10, 20);
        LiveTensors.AssertNoneLeft(() =>
        {
            using Tensor result = Restore(network, images, new TilingOptions { TileSize = 8 });
            Assert.False(result.requires_grad);
        });
    }

    [Fact]
    public void Restore_IllegalArguments_AreNamed()
    {
        using var scope = NewDisposeScope();
        using RestorationNetwork network = SmallNetworks.Create(Small);
        Assert.Throws<ArgumentNullException>("network", () => Restore(null!, ones(1, 3, 4, 4)));
        Assert.Throws<ArgumentException>("images", () => Restore(network, ones(1, 1, 4, 4)));
        Assert.Throws<ArgumentOutOfRangeException>("TileSize", () => new TilingOptions { TileSize = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("Overlap", () => new TilingOptions { Overlap = -1 });
        network.train();
        Assert.Throws<InvalidOperationException>(() => Restore(network, ones(1, 3, 4, 4)));
    }

    private static Tensor Restore(RestorationNetwork network, Tensor images, TilingOptions? options = null)
        => TiledInference.Restore(network, images, options, cancellationToken: TestContext.Current.CancellationToken);

    private sealed class Reports(List<double> reports) : IProgress<double>
    {
        public void Report(double value) => reports.Add(value);
    }

    private sealed class CancelAtHalf(CancellationTokenSource source) : IProgress<double>
    {
        public void Report(double value)
        {
            if (value >= 0.5)
            {
                source.Cancel();
            }
        }
    }
}

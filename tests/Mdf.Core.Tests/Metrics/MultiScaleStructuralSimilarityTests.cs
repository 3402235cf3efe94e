using Mdf.Metrics;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Metrics;

public sealed class MultiScaleStructuralSimilarityTests : IDisposable
{
    private static readonly double[] TwoWeights = [0.25, 0.75];
    private static readonly StructuralSimilarityOptions SmallWindow = new() { WindowSize = 3 };

    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void PerChannel_OneScale_IsTheStructuralSimilarity()
    {
        Tensor y = TestImages.Create(1, 2, 3, 20, 21), x = TestImages.Noisy(y, 0.2);
        Tensor expected = StructuralSimilarity.Map(x, y).mean([2, 3]);
        TensorAssert.Near(expected, MultiScaleStructuralSimilarity.PerChannel(x, y, new() { ScaleWeights = [1.0] }), 1e-14);
    }

    [Fact]
    public void PerChannel_TwoScales_IsThePublishedProduct()
    {
        Tensor y = TestImages.Create(1, 1, 2, 8, 10), x = TestImages.Noisy(y, 0.2);
        Tensor halfX = nn.functional.avg_pool2d(x, 2), halfY = nn.functional.avg_pool2d(y, 2);
        Tensor contrast = SimilarityMaps.Of(x, y, SmallWindow).ContrastAndStructure.mean([2, 3]);
        Tensor expected = contrast.pow(0.25) * StructuralSimilarity.Map(halfX, halfY, SmallWindow).mean([2, 3]).pow(0.75);

        var options = new MultiScaleStructuralSimilarityOptions { Window = SmallWindow, ScaleWeights = TwoWeights };
        TensorAssert.Near(expected, MultiScaleStructuralSimilarity.PerChannel(x, y, options), 1e-14);
        TensorAssert.Near(expected.mean([1]), MultiScaleStructuralSimilarity.Measure(x, y, null, options), 1e-14);
    }

    [Theory]
    [InlineData(9, 8)]
    [InlineData(8, 9)]
    [InlineData(9, 11)]
    public void PerChannel_OddSides_AreReplicatedOrDropped(int height, int width)
    {
        Tensor y = TestImages.Create(1, 1, 1, height, width), x = TestImages.Noisy(y, 0.2);
        Tensor Padded(Tensor t) => cat([t[.., .., .., ..1], t], 3) is var wide ? cat([wide[.., .., ..1], wide], 2) : t;
        Tensor Expected(Func<Tensor, Tensor> even)
        {
            Tensor contrast = SimilarityMaps.Of(x, y, SmallWindow).ContrastAndStructure.mean([2, 3]);
            Tensor smallX = nn.functional.avg_pool2d(even(x), 2), smallY = nn.functional.avg_pool2d(even(y), 2);
            return contrast.pow(0.25) * StructuralSimilarity.Map(smallX, smallY, SmallWindow).mean([2, 3]).pow(0.75);
        }

        var options = new MultiScaleStructuralSimilarityOptions { Window = SmallWindow, ScaleWeights = TwoWeights };
        TensorAssert.Near(Expected(Padded), MultiScaleStructuralSimilarity.PerChannel(x, y, options), 1e-14);
        TensorAssert.Near(
            Expected(t => t),
            MultiScaleStructuralSimilarity.PerChannel(x, y, options with { OddSides = OddSides.Drop }),
            1e-14);
    }

    [Fact]
    public void ScaleCount_FewerThanWeights_KeepsTheirSum()
    {
        Tensor y = TestImages.Create(1, 1, 1, 48, 48), x = TestImages.Noisy(y, 0.2);
        var two = new MultiScaleStructuralSimilarityOptions { ScaleWeights = [0.1, 0.3, 0.4], ScaleCount = 2 };
        var same = new MultiScaleStructuralSimilarityOptions { ScaleWeights = [0.2, 0.6] };
        TensorAssert.Near(
            MultiScaleStructuralSimilarity.PerChannel(x, y, same), MultiScaleStructuralSimilarity.PerChannel(x, y, two), 1e-14);
    }

    [Fact]
    public void MinimumSide_AnyOptions_IsTheSmallestThatWorks()
    {
        Assert.Equal(161, new MultiScaleStructuralSimilarityOptions().MinimumSide);
        foreach (OddSides oddSides in Enum.GetValues<OddSides>())
        {
            foreach (int count in new[] { 1, 2, 3 })
            {
                var options = new MultiScaleStructuralSimilarityOptions { ScaleCount = count, OddSides = oddSides, Window = SmallWindow };
                Tensor least = zeros(1, 1, options.MinimumSide, options.MinimumSide + 1), less = least[.., .., 1..];
                Assert.Equal(1, MultiScaleStructuralSimilarity.PerChannel(least, least, options).item<float>());
                Assert.Throws<ArgumentException>("restored", () => MultiScaleStructuralSimilarity.PerChannel(less, less, options));
            }
        }
    }

    [Theory]
    [InlineData(16, OddSides.Replicate, 327_681)]
    [InlineData(16, OddSides.Drop, 360_448)]
    public void MinimumSide_ManyScales_IsThatOfTheFormula(int count, OddSides oddSides, int side)
    {
        var options = new MultiScaleStructuralSimilarityOptions { ScaleWeights = [.. Enumerable.Repeat(1.0, count)], OddSides = oddSides };
        Assert.Equal(side, options.MinimumSide);
        Tensor x = zeros(1, 3, 24, 24);
        Assert.Contains(
            "ScaleCount of at most 2",
            Assert.Throws<ArgumentException>("restored", () => MultiScaleStructuralSimilarity.Measure(x, x, null, options)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(17)]
    [InlineData(30)]
    [InlineData(40)]
    public void ScaleWeights_MoreThanHalvingsThereCanBe_AreRefused(int count)
    {
        double[] weights = [.. Enumerable.Repeat(1.0, count)];
        Assert.Contains(
            "expected one to 16 finite values above 0",
            Assert.Throws<ArgumentException>(
                "ScaleWeights", () => new MultiScaleStructuralSimilarityOptions { ScaleWeights = weights }).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void PerChannel_TooSmall_SaysHowManyScalesWouldDo()
    {
        static string Message(long side)
        {
            Tensor x = zeros(1, 3, side, 200);
            return Assert.Throws<ArgumentException>("restored", () => MultiScaleStructuralSimilarity.Measure(x, x)).Message;
        }

        Assert.Contains(
            "160 pixels high and 200 wide; expected at least 161 either way for 5 scales (ScaleCount of at most 4 takes",
            Message(160),
            StringComparison.Ordinal);
        Assert.Contains("ScaleCount of at most 1", Message(20), StringComparison.Ordinal);
        Assert.Contains("even ScaleCount of 1 takes 11", Message(10), StringComparison.Ordinal);
    }

    [Fact]
    public void PerChannel_OppositeImages_IsZeroWithFiniteGradient()
    {
        Tensor y = TestImages.Create(1, 1, 1, 24, 24), x = (1 - y).requires_grad_(true);
        Tensor value = MultiScaleStructuralSimilarity.PerChannel(x, y, new() { ScaleCount = 2 });
        value.sum().backward();
        Assert.Equal(0, value.item<double>());
        Assert.Equal(0, x.grad!.abs().max().item<double>());
    }

    [Fact]
    public void MultiScaleStructuralSimilarityOptions_OutOfRange_NamesThem()
    {
        Assert.Throws<ArgumentNullException>("Window", () => new MultiScaleStructuralSimilarityOptions { Window = null! });
        Assert.Throws<ArgumentException>("ScaleWeights", () => new MultiScaleStructuralSimilarityOptions { ScaleWeights = [] });
        Assert.Contains(
            "[0.5, -1]",
            Assert.Throws<ArgumentException>(
                "ScaleWeights", () => new MultiScaleStructuralSimilarityOptions { ScaleWeights = [0.5, -1] }).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>("ScaleCount", () => new MultiScaleStructuralSimilarityOptions { ScaleCount = 0 });
        Assert.Contains(
            "Replicate, Drop",
            Assert.Throws<ArgumentOutOfRangeException>(
                "OddSides", () => new MultiScaleStructuralSimilarityOptions { OddSides = (OddSides)5 }).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void EveryMethod_Disposed_LeavesNoTensor()
    {
        Tensor x = TestImages.Create(1, 1, 3, 23, 22), y = TestImages.Create(2, 1, 3, 23, 22);
        var options = new MultiScaleStructuralSimilarityOptions { ScaleCount = 2 };
        LiveTensors.AssertNoneLeft(() =>
        {
            MultiScaleStructuralSimilarity.Measure(x, y, null, options).Dispose();
            MultiScaleStructuralSimilarity.PerChannel(x, y, options).Dispose();
            Assert.Throws<ArgumentException>(() => MultiScaleStructuralSimilarity.Measure(x, y));
        });
    }
}

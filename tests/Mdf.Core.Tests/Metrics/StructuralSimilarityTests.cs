using Mdf.Metrics;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Metrics;

public sealed class StructuralSimilarityTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Theory]
    [InlineData(11, 1.5, 0.01, 0.03)]
    [InlineData(5, 0.8, 0.02, 0.1)]
    public void Map_OnePosition_IsThePublishedFormula(int size, double sigma, double k1, double k2)
    {
        double[] window =
        [
            .. Enumerable.Range(0, size * size)
                .Select(i => Math.Pow((i / size) - (size / 2), 2) + Math.Pow((i % size) - (size / 2), 2))
                .Select(squaredDistance => Math.Exp(-squaredDistance / (2 * sigma * sigma))),
        ];
        double[] weights = [.. window.Select(w => w / window.Sum())];
        Tensor x = TestImages.Create(1, 1, 1, size, size), y = TestImages.Create(2, 1, 1, size, size);
        double[] vx = [.. x.flatten().data<double>()], vy = [.. y.flatten().data<double>()];
        double mx = Mean(vx), my = Mean(vy);
        double sxx = Mean([.. vx.Select(v => (v - mx) * (v - mx))]), syy = Mean([.. vy.Select(v => (v - my) * (v - my))]);
        double sxy = Mean([.. vx.Zip(vy, (a, b) => (a - mx) * (b - my))]);
        double c1 = k1 * k1, c2 = k2 * k2;
        double expected = ((2 * mx * my) + c1) * ((2 * sxy) + c2) / (((mx * mx) + (my * my) + c1) * (sxx + syy + c2));

        var options = new StructuralSimilarityOptions { WindowSize = size, Sigma = sigma, K1 = k1, K2 = k2 };
        Assert.Equal(expected, StructuralSimilarity.Map(x, y, options).item<double>(), 1e-12);

        double Mean(double[] values) => values.Zip(weights, (v, w) => v * w).Sum();
    }

    [Fact]
    public void Measure_SameImage_IsExactlyOne()
    {
        foreach (ScalarType dtype in new[] { ScalarType.Float16, ScalarType.Float32, ScalarType.Float64 })
        {
            Tensor x = TestImages.Create(1, 2, 3, 40, 33).to(dtype);
            TensorAssert.Equal(ones_like(StructuralSimilarity.Map(x, x)), StructuralSimilarity.Map(x, x.clone()));
            TensorAssert.Equal(ones([2], ScalarType.Float64), StructuralSimilarity.Measure(x, x.clone()));
        }
    }

    [Fact]
    public void Measure_EachImageAndChannel_CountsAlike()
    {
        Tensor x = TestImages.Create(1, 2, 3, 16, 15), y = TestImages.Create(2, 2, 3, 16, 15);
        Tensor alone = StructuralSimilarity.Measure(x.reshape(6, 1, 16, 15), y.reshape(6, 1, 16, 15));
        TensorAssert.Near(alone.reshape(2, 3).mean([1]), StructuralSimilarity.Measure(x, y), 1e-14);
        Assert.Equal([2, 3, 6, 5], StructuralSimilarity.Map(x, y).shape);
    }

    [Fact]
    public void Measure_Options_ReachTheFormula()
    {
        Tensor y = TestImages.Create(1, 1, 3, 30, 30), x = TestImages.Noisy(y, 0.3);
        Tensor cropped = StructuralSimilarity.Measure(x[.., .., 4..26, 4..26], y[.., .., 4..26, 4..26]);
        TensorAssert.Near(cropped, StructuralSimilarity.Measure(x, y, new MetricOptions { CropBorder = 4 }), 1e-14);
        TensorAssert.Near(
            StructuralSimilarity.Measure(x, y),
            StructuralSimilarity.Measure(x * 255, y * 255, new MetricOptions { DataRange = 255 }),
            1e-12);
        Tensor steadier = StructuralSimilarity.Measure(x, y, null, new StructuralSimilarityOptions { K2 = 0.5 });
        Assert.True(steadier.item<double>() > StructuralSimilarity.Measure(x, y).item<double>());
    }

    [Theory]
    [InlineData(ScalarType.Float16, ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16, ScalarType.Float32)]
    [InlineData(ScalarType.Float32, ScalarType.Float32)]
    [InlineData(ScalarType.Float64, ScalarType.Float64)]
    public void Map_AnyType_IsAtLeastFloat32(ScalarType dtype, ScalarType expected) =>
        Assert.Equal(expected, StructuralSimilarity.Map(ones([1, 1, 11, 11], dtype), ones([1, 1, 11, 11], dtype)).dtype);

    [Fact]
    public void Map_BrightFlatAreas_AreExactInFloat32()
    {
        // The variance is far smaller than the square of the mean, so subtracting moments in float32 would lose precision.
        Tensor y = 0.99 + (TestImages.Create(1, 1, 1, 64, 64) * 0.01), x = TestImages.Noisy(y, 0.005);
        TensorAssert.Near(
            StructuralSimilarity.Map(x, y).mean(),
            StructuralSimilarity.Map(x.to(ScalarType.Float32), y.to(ScalarType.Float32)).mean(),
            2e-6);
    }

    [Fact]
    public void Map_Misused_NamesArgumentGotAndExpected()
    {
        Tensor x = zeros(1, 3, 10, 12);
        Assert.Contains(
            "10 pixels high and 12 wide; expected at least 11",
            Assert.Throws<ArgumentException>("restored", () => StructuralSimilarity.Map(x, x)).Message,
            StringComparison.Ordinal);
        Assert.Equal([1, 3, 2, 4], StructuralSimilarity.Map(x, x, new StructuralSimilarityOptions { WindowSize = 9 }).shape);
        Assert.Throws<ArgumentException>("reference", () => StructuralSimilarity.Measure(zeros(1, 3, 11, 11), zeros(1, 3, 11, 12)));
    }

    [Fact]
    public void StructuralSimilarityOptions_OutOfRange_NamesThem()
    {
        Assert.Contains(
            "odd number",
            Assert.Throws<ArgumentOutOfRangeException>("WindowSize", () => new StructuralSimilarityOptions { WindowSize = 10 }).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>("WindowSize", () => new StructuralSimilarityOptions { WindowSize = 257 });
        Assert.Throws<ArgumentOutOfRangeException>("Sigma", () => new StructuralSimilarityOptions { Sigma = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("K1", () => new StructuralSimilarityOptions { K1 = -1 });
        Assert.Throws<ArgumentOutOfRangeException>("K2", () => new StructuralSimilarityOptions { K2 = double.PositiveInfinity });
    }

    [Fact]
    public void EveryMethod_Disposed_LeavesNoTensor()
    {
        Tensor x = TestImages.Create(1, 1, 3, 12, 12), y = TestImages.Create(2, 1, 3, 12, 12);
        LiveTensors.AssertNoneLeft(() =>
        {
            StructuralSimilarity.Measure(x, y).Dispose();
            StructuralSimilarity.Map(x, y).Dispose();
        });
    }

    [Fact]
    public void Window_MadeInsideACallersScope_OutlivesIt()
    {
        Tensor x = TestImages.Create(1, 1, 1, 12, 12);
        var options = new StructuralSimilarityOptions { Sigma = 1.2345 };
        using (NewDisposeScope())
        {
            StructuralSimilarity.Map(x, x, options);
        }

        Assert.Equal(1, StructuralSimilarity.Map(x, x, options).mean().item<double>());
    }
}

using Mdf.Metrics;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Metrics;

public sealed class PsnrTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Measure_KnownErrors_IsEachImagesRatio()
    {
        Tensor reference = full([3, 3, 4, 5], 0.5, ScalarType.Float64), restored = reference.clone();
        restored[0] += 0.1;
        restored[1, 0] -= 0.3; // in one of three channels, so the mean square is 0.03

        TensorAssert.Near(
            tensor([20, -10 * Math.Log10(0.03), double.PositiveInfinity])[..2], Psnr.Measure(restored, reference)[..2], 1e-12);
        Assert.Equal(double.PositiveInfinity, Psnr.Measure(restored, reference)[2].item<double>());
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.Float32)]
    public void Measure_AnyType_IsComputedInFloat64(ScalarType dtype)
    {
        Tensor x = TestImages.Create(1, 2, 3, 8, 8).to(dtype), y = TestImages.Create(2, 2, 3, 8, 8).to(dtype);
        Tensor value = Psnr.Measure(x, y);
        Assert.Equal(ScalarType.Float64, value.dtype);
        TensorAssert.Equal(Psnr.Measure(x.to(ScalarType.Float64), y.to(ScalarType.Float64)), value);
    }

    [Fact]
    public void Measure_DataRange_ScalesTheImages()
    {
        Tensor x = TestImages.Create(1, 1, 3, 8, 8), y = TestImages.Create(2, 1, 3, 8, 8);
        MetricOptions[] all = [new(), new() { Channels = MetricChannels.Luma }, new() { RoundToBytes = true }];
        foreach (MetricOptions options in all)
        {
            TensorAssert.Near(Psnr.Measure(x, y, options), Psnr.Measure(x * 255, y * 255, options with { DataRange = 255 }), 1e-9);
        }
    }

    [Fact]
    public void Measure_CropBorder_LeavesTheBorderOut()
    {
        Tensor x = TestImages.Create(1, 1, 3, 9, 10), y = x + 0.1;
        y[.., .., ..2] = 0;
        y[.., .., 7..] = 0;
        y[.., .., .., ..2] = 0;
        y[.., .., .., 8..] = 0;
        Assert.Equal(20, Psnr.Measure(y, x, new MetricOptions { CropBorder = 2 }).item<double>(), 1e-9);
        Assert.True(Psnr.Measure(y, x, new MetricOptions { CropBorder = 1 }).item<double>() < 10);
    }

    [Fact]
    public void Measure_RoundToBytes_SeesTheLevelsOfAFile()
    {
        Tensor reference = full([1, 1, 2, 2], 100 / 255.0), near = reference + (0.4 / 255), next = reference + (0.6 / 255);
        var options = new MetricOptions { RoundToBytes = true };
        Assert.Equal(double.PositiveInfinity, Psnr.Measure(near, reference, options).item<double>());
        Assert.Equal(20 * Math.Log10(255), Psnr.Measure(next, reference, options).item<double>(), 1e-9);
        Assert.Equal(double.PositiveInfinity, Psnr.Measure(ones(1, 1, 2, 2) * 1.7, ones(1, 1, 2, 2), options).item<double>());
    }

    [Fact]
    public void Measure_Luma_IsOfTheStudioRange()
    {
        // The luma of white and black differs by 219 of 255 levels.
        var options = new MetricOptions { Channels = MetricChannels.Luma };
        Assert.Equal(20 * Math.Log10(255 / 219.0), Psnr.Measure(ones(1, 3, 2, 2), zeros(1, 3, 2, 2), options).item<double>(), 1e-5);
    }

    [Fact]
    public void Measure_Misused_NamesArgumentGotAndExpected()
    {
        Tensor x = zeros(1, 3, 8, 8);
        AssertRefused("restored", "(3, 8, 8); expected four dimensions, (N, C, H, W)", x[0], x[0]);
        AssertRefused("restored", "(0, 3, 8, 8)", x[..0], x[..0]);
        AssertRefused("restored", "Int64", x.to(ScalarType.Int64), x.to(ScalarType.Int64));
        AssertRefused("reference", "(1, 3, 8, 7); expected (1, 3, 8, 8)", x, x[.., .., .., ..7]);
        AssertRefused("reference", "Float64; expected Float32", x, x.to(ScalarType.Float64));
        AssertRefused("reference", "on meta", x, x.to(META));
        var luma = new MetricOptions { Channels = MetricChannels.Luma };
        AssertRefused("restored", "1 channels; Luma requires 3", x[.., ..1], x[.., ..1], luma);
        AssertRefused("restored", "0 pixels high and 0 wide after a CropBorder of 4", x, x, new MetricOptions { CropBorder = 4 });
        Assert.Throws<ArgumentNullException>("restored", () => Psnr.Measure(null!, x));
        Assert.Throws<ArgumentNullException>("reference", () => Psnr.Measure(x, null!));

        static void AssertRefused(string name, string said, Tensor restored, Tensor reference, MetricOptions? options = null)
            => Assert.Contains(
                said,
                Assert.Throws<ArgumentException>(name, () => Psnr.Measure(restored, reference, options)).Message,
                StringComparison.Ordinal);
    }

    [Fact]
    public void MetricOptions_OutOfRange_NamesThem()
    {
        Assert.Contains(
            "above 0",
            Assert.Throws<ArgumentOutOfRangeException>("DataRange", () => new MetricOptions { DataRange = 0 }).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>("DataRange", () => new MetricOptions { DataRange = double.NaN });
        Assert.Contains(
            "-1",
            Assert.Throws<ArgumentOutOfRangeException>("CropBorder", () => new MetricOptions { CropBorder = -1 }).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "All or Luma",
            Assert.Throws<ArgumentOutOfRangeException>("Channels", () => new MetricOptions { Channels = (MetricChannels)7 }).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Measure_Disposed_LeavesNoTensor()
    {
        Tensor x = zeros(1, 3, 8, 8), y = ones(1, 3, 8, 8);
        var options = new MetricOptions { Channels = MetricChannels.Luma, CropBorder = 1, RoundToBytes = true };
        LiveTensors.AssertNoneLeft(() =>
        {
            Psnr.Measure(x, y, options).Dispose();
            Assert.Throws<ArgumentException>(() => Psnr.Measure(x, y, options with { CropBorder = 5 }));
        });
    }
}

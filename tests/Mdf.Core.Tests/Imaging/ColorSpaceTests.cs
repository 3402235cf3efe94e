using Mdf.Checkpoints;
using Mdf.Imaging;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.Imaging;

public sealed class ColorSpaceTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    // Red, green, blue, then Y, Cb, Cr in levels, from the standard's table of colour bars.
    [Theory]
    [InlineData(1, 1, 1, 235, 128, 128)]
    [InlineData(0, 0, 0, 16, 128, 128)]
    [InlineData(1, 0, 0, 81, 90, 240)]
    [InlineData(0, 1, 0, 145, 54, 34)]
    [InlineData(0, 0, 1, 41, 240, 110)]
    public void RgbToYCbCr_ColourBars_AreTheStandards(
        double red, double green, double blue, int luma, int blueDifference, int redDifference)
    {
        Tensor rgb = tensor([red, green, blue]).reshape(1, 3, 1, 1);

        Tensor levels = (ColorSpace.RgbToYCbCr(rgb) * 255).round().flatten();

        TensorAssert.Equal(tensor([(double)luma, blueDifference, redDifference]), levels);
        TensorAssert.Equal(levels[..1], (ColorSpace.RgbToLuma(rgb) * 255).round().flatten());
    }

    [Theory]
    [InlineData("even")]
    [InlineData("odd")]
    public void RgbToYCbCr_Photograph_IsBasicSRs(string image)
    {
        using StateDictionary stored = ReferenceData.Open("imaging.safetensors");
        Tensor rgb = stored[$"{image}.image"].permute(2, 0, 1).to(ScalarType.Float32) / 255;

        TensorAssert.Near(stored[$"{image}.ycbcr_float"].permute(2, 0, 1), ColorSpace.RgbToYCbCr(rgb), 2e-6);
        TensorAssert.Near(stored[$"{image}.y_float"], ColorSpace.RgbToLuma(rgb)[0], 2e-6);
        Tensor levels = (ColorSpace.RgbToLuma(rgb)[0] * 255).round(), expected = stored[$"{image}.y_uint8"];
        TensorAssert.Near(expected, levels, 1);
        Assert.InRange(expected.ne(levels).to(ScalarType.Float64).mean().item<double>(), 0, 1e-3);
    }

    [Theory]
    [InlineData(ScalarType.Float16, ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16, ScalarType.Float32)]
    [InlineData(ScalarType.Float32, ScalarType.Float32)]
    [InlineData(ScalarType.Float64, ScalarType.Float64)]
    public void RgbToLuma_AnyFloatingPointType_IsAtLeastFloat32(ScalarType dtype, ScalarType expected)
    {
        Tensor luma = ColorSpace.RgbToLuma(ones([2, 5, 3, 4, 6], dtype));
        Assert.Equal(expected, luma.dtype);
        Assert.Equal([2, 5, 1, 4, 6], luma.shape);
    }

    [Fact]
    public void RgbToYCbCr_Backward_ReachesTheImage()
    {
        Tensor rgb = full([3, 2, 2], 0.5, ScalarType.Float64).requires_grad_(true);
        ColorSpace.RgbToLuma(rgb).sum().backward();
        TensorAssert.Near(tensor([65.481 / 255, 128.553 / 255, 24.966 / 255]), rgb.grad![.., 0, 0], 1e-15);
    }

    [Fact]
    public void Convert_Misused_NamesTheArgument()
    {
        Assert.Throws<ArgumentNullException>("rgb", () => ColorSpace.RgbToLuma(null!));
        Assert.Contains(
            "(1, 1, 4, 4)",
            Assert.Throws<ArgumentException>("rgb", () => ColorSpace.RgbToLuma(zeros(1, 1, 4, 4))).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("rgb", () => ColorSpace.RgbToYCbCr(zeros(3, 4)));
        Assert.Contains(
            "Byte",
            Assert.Throws<ArgumentException>("rgb", () => ColorSpace.RgbToYCbCr(zeros([3, 4, 4], ScalarType.Byte))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Convert_Disposed_LeavesNoTensor()
    {
        Tensor rgb = ones(1, 3, 4, 4);
        LiveTensors.AssertNoneLeft(() =>
        {
            ColorSpace.RgbToLuma(rgb).Dispose();
            ColorSpace.RgbToYCbCr(rgb).Dispose();
        });
    }
}

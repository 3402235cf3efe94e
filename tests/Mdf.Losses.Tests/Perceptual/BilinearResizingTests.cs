using Mdf.Losses.Perceptual;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests.Perceptual;

public sealed class BilinearResizingTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Theory]
    [InlineData(5, 9, 16)]
    [InlineData(16, 16, 16)]
    [InlineData(1, 2, 7)]
    [InlineData(40, 23, 8)]
    public void Resize_AnySize_IsLibtorchs(int height, int width, int side)
    {
        Tensor images = TestImages.Create(1, ScalarType.Float64, 2, 3, height, width);
        Tensor expected = nn.functional.interpolate(images, [side, side], mode: InterpolationMode.Bilinear, align_corners: false);
        TensorAssert.Near(expected, BilinearResizing.Resize(images, side), 1e-14);
        TensorAssert.Near(expected, BilinearResizing.Resize(images.to(ScalarType.Float32), side), 1e-6);
    }

    [Fact]
    public void Resize_FlatImage_StaysExactlyFlat()
    {
        Tensor flat = full([1, 1, 9, 13], 0.1, ScalarType.Float64);
        TensorAssert.Equal(full([1, 1, 224, 224], 0.1, ScalarType.Float64), BilinearResizing.Resize(flat, 224));
    }
}

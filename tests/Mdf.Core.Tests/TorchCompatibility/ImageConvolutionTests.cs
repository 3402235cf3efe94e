using Mdf.Testing;
using Mdf.TorchCompatibility;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.TorchCompatibility;

public sealed class ImageConvolutionTests
{
    [Theory]
    [InlineData(3, 3)]
    [InlineData(1, 3)]
    [InlineData(3, 9)]
    public void Backward_AmongMemoryOfNaN_IsThatOfFloat64(int channels, int kernel)
    {
        using var scope = NewDisposeScope();
        using var convolution = new ImageConvolution(64, channels, kernel);
        FormulaWeights.Fill(convolution);
        Tensor input = rand(2, 64, 24, 24, requires_grad: true), gradient = rand(2, channels, 24, 24);
        Tensor result = convolution.call(input);
        FreedMemory.FillWithNaN();
        result.backward([gradient]);
        Tensor computed = input.grad!;

        convolution.to(ScalarType.Float64);
        Tensor precise = input.detach().to(ScalarType.Float64).requires_grad_(true);
        Tensor expected = convolution.call(precise);
        expected.backward([gradient.to(ScalarType.Float64)]);
        TensorAssert.Near(expected.detach(), result.detach().to(ScalarType.Float64), 1e-3);
        Assert.True(TensorAssert.RelativeNormError(precise.grad!, computed) < 1e-5);
    }
}

using Mdf.Checkpoints;
using Mdf.Models.Perceptual;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests;

/// <summary>
/// Parity with the VGG loss of the authors of MDF, computed by their code in float64 with the weights of the formula, and stored.
/// </summary>
public sealed class VggLossReferenceTests : IDisposable
{
    private static readonly FeatureNetwork Network = TestNetworks.Create(new Vgg16Features("relu4_3"));

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly StateDictionary stored = ReferenceData.Open("vggloss.safetensors");

    public void Dispose()
    {
        stored.Dispose();
        scope.Dispose();
    }

    // Gradients are stored in float32. In float32, rounding flips ReLUs whose input is within 1e-7 of zero (two of 131072 in one layer
    // here with AVX-512, more with AVX2 alone), and each moves the gradient of the pixels it sees. The largest error is relative to the
    // largest
    // gradient: 1.3e-3 by libtorch's convolutions and 2.1e-3 by this library's were measured on AMD EPYCs with AVX2 alone.
    [Theory]
    [InlineData("plain", ScalarType.Float32, 1e-4, 1e-3, 4e-3)]
    [InlineData("plain", ScalarType.Float64, 1e-9, 1e-7, 1e-7)]
    [InlineData("resize", ScalarType.Float32, 1e-4, 2e-3, 0.05)]
    [InlineData("resize", ScalarType.Float64, 1e-9, 1e-7, 1e-7)]
    public void ForwardAndBackward_Photographs_AreTheAuthors(
        string mode, ScalarType dtype, double tolerance, double gradientTolerance, double largestError)
    {
        if (mode == "resize" && dtype == ScalarType.Float64)
        {
            TestLength.SkipUnlessFull("convolves images of 224 x 224 in float64");
        }

        Tensor x = stored["x"].to(dtype, copy: true).requires_grad_(true), y = stored["y"].to(dtype);
        using var loss = new VggLoss(Network, new VggLossOptions { Resizes = mode == "resize" });

        Tensor value = loss.call(x, y);
        value.backward();

        TensorAssert.RelativelyNear(stored[$"{mode}.value"][0], value.detach(), tolerance);
        TensorAssert.RelativelyNear(stored[$"{mode}.per_block"], loss.Terms(x.detach(), y).mean([0]) * 4, tolerance);
        Tensor gradient = stored[$"{mode}.grad_x"];
        Assert.InRange(TensorAssert.RelativeNormError(gradient, x.grad!), 0, gradientTolerance);
        TensorAssert.Near(gradient, x.grad!, largestError * gradient.abs().max().item<float>());
    }
}

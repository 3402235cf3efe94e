using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests;

/// <summary>Tests losses that compare pixel by pixel. Conformance tests what all losses share.</summary>
public sealed class PixelLossTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly Tensor reference = tensor([0.5, 0.5, 0.5, 0.5]).reshape(1, 1, 2, 2);
    private readonly Tensor restored = tensor([0.5, 0.6, 0.2, 0.5]).reshape(1, 1, 2, 2);

    public void Dispose() => scope.Dispose();

    [Fact]
    public void L1Loss_KnownDifferences_IsTheirMean()
    {
        using var loss = new L1Loss();
        Tensor x = restored.clone().requires_grad_(true), value = loss.call(x, reference);
        value.backward();
        Assert.Equal((0.1 + 0.3) / 4, value.item<double>(), 1e-15);
        TensorAssert.Equal(tensor([0, 0.25, -0.25, 0]).reshape(1, 1, 2, 2), x.grad!);
    }

    [Fact]
    public void L2Loss_KnownDifferences_IsTheMeanOfTheirSquares()
    {
        using var loss = new L2Loss();
        Tensor x = restored.clone().requires_grad_(true), value = loss.call(x, reference);
        value.backward();
        Assert.Equal((0.01 + 0.09) / 4, value.item<double>(), 1e-15);
        TensorAssert.Near(tensor([0, 0.05, -0.15, 0]).reshape(1, 1, 2, 2), x.grad!, 1e-15);
    }

    [Theory]
    [InlineData(1e-3)]
    [InlineData(0.2)]
    public void CharbonnierLoss_KnownDifferences_IsTheMeanOfTheRootsLessEpsilon(double epsilon)
    {
        using var loss = new CharbonnierLoss(new CharbonnierLossOptions { Epsilon = epsilon });
        double Root(double difference) => Math.Sqrt((difference * difference) + (epsilon * epsilon)) - epsilon;
        Assert.Equal((Root(0.1) + Root(0.3)) / 4, loss.call(restored, reference).item<double>(), 1e-15);
    }

    [Fact]
    public void CharbonnierLoss_DifferencesFarBelowEpsilon_AreNotLostInFloat32()
    {
        using var loss = new CharbonnierLoss();
        Tensor x = full([1, 1, 2, 2], 1e-6f), y = zeros(1, 1, 2, 2);
        Assert.Equal(5e-10, loss.call(x, y).item<float>(), 1e-13);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void CharbonnierLoss_EpsilonOutOfRange_NamesIt(double epsilon)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(
            "options", () => new CharbonnierLoss(new CharbonnierLossOptions { Epsilon = epsilon }));
        Assert.Contains("Epsilon is ", error.Message, StringComparison.Ordinal);
        Assert.Contains("above 0", error.Message, StringComparison.Ordinal);
    }
}

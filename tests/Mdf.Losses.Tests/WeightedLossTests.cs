using Mdf.Testing;
using Mdf.TorchCompatibility;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests;

public sealed class WeightedLossTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Theory]
    [InlineData(nn.Reduction.None)]
    [InlineData(nn.Reduction.Mean)]
    [InlineData(nn.Reduction.Sum)]
    public void Plus_TwoLosses_IsTheirWeightedSum(nn.Reduction reduction)
    {
        Tensor y = TestImages.Create(1, ScalarType.Float64, 2, 3, 12, 12), x = TestImages.Noisy(y, 0.2);
        var options = new LossOptions { Reduction = reduction };
        using var squares = new L2Loss(options);
        using var absolutes = new L1Loss(options);
        using var both = new L2Loss(options).Plus(0.25, new L1Loss(options));
        Assert.Equal(reduction, both.reduction);
        TensorAssert.RelativelyNear(squares.call(x, y) + (0.25 * absolutes.call(x, y)), both.call(x, y), 1e-14);
    }

    [Fact]
    public void Plus_OnASum_AddsToIt()
    {
        Tensor y = TestImages.Create(1, ScalarType.Float64, 2, 3, 12, 12), x = TestImages.Noisy(y, 0.2);
        using var ssim = new SsimLoss();
        using var squares = new L2Loss();
        using var sum = new L2Loss().Plus(2, new SsimLoss()).Plus(-0.5, new L2Loss());
        TensorAssert.RelativelyNear((0.5 * squares.call(x, y)) + (2 * ssim.call(x, y)), sum.call(x, y), 1e-14);
    }

    [Fact]
    public void Backward_TwoFusedLosses_IsTheSumOfTheirGradients()
    {
        using var pyramid = TestPyramid.Create(3, 4);
        Tensor y = TestImages.Create(1, ScalarType.Float64, 2, 3, 12, 12), x = TestImages.Noisy(y, 0.2).requires_grad_(true);
        Tensor Gradient(Loss<Tensor, Tensor, Tensor> loss)
        {
            using (loss)
            {
                return autograd.grad([loss.call(x, y)], [x])[0];
            }
        }

        var head = new MdfLossOptions { Layers = MdfLayers.Head };
        Tensor expected = Gradient(new MdfLoss(pyramid)) + (3 * Gradient(new MdfLoss(pyramid, head)));
        TensorAssert.Near(expected, Gradient(new MdfLoss(pyramid).Plus(3, new MdfLoss(pyramid, head))), 1e-14);
    }

    [Fact]
    public void To_AnotherDevice_MovesTheLosses()
    {
        using var pyramid = TestPyramid.Create(3);
        var part = new MdfLoss(pyramid);
        using WeightedLoss sum = new L2Loss().Plus(1, part);
        sum.to(META);
        Assert.Equal(DeviceType.META, part.Network.Device!.type);
    }

    [Fact]
    public void Terms_Sum_AreItsLossesAndWeights()
    {
        using WeightedLoss sum = new L2Loss().Plus(0.5, new L1Loss());
        Assert.Equal([(1.0, typeof(L2Loss)), (0.5, typeof(L1Loss))], sum.Terms.Select(t => (t.Weight, t.Loss.GetType())));
    }

    [Fact]
    public void Dispose_Sum_DisposesItsLosses()
    {
        using var pyramid = TestPyramid.Create(3);
        Tensor x = zeros(1, 3, 12, 12);
        LiveTensors.AssertNoneLeft(() =>
        {
            using WeightedLoss sum = new L2Loss().Plus(1, new MdfLoss(pyramid));
            sum.call(x, x).Dispose();
        });
    }

    [Fact]
    public void Constructor_Misused_SaysWhatIsWrong()
    {
        using var mean = new L1Loss();
        using var sum = new L1Loss(new LossOptions { Reduction = nn.Reduction.Sum });
        AssertRefused("reductions Mean, Sum; expected the same", () => mean.Plus(1, sum));
        AssertRefused("weight of L1Loss is NaN", () => mean.Plus(double.NaN, new L1Loss()));
        AssertRefused("null", () => mean.Plus(1, null!));
        AssertRefused("at least one", () => new WeightedLoss());
        Assert.Throws<ArgumentNullException>("terms", () => new WeightedLoss(null!));

        static void AssertRefused(string said, Func<object> create) =>
            Assert.Contains(said, Assert.Throws<ArgumentException>("terms", create).Message, StringComparison.Ordinal);
    }
}

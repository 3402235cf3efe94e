using Mdf.Metrics;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests;

/// <summary>Losses that are made of a metric compare large images in tiles, with the values and gradients of whole images.</summary>
public sealed class LargeImageTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    // A tile is 591 pixels wide and high: four of them at either length, and sides that become odd on the way to the coarsest scale.
    private readonly Tensor y = TestLength.IsFull
        ? rand(2, 3, 701, 1002, generator: new Generator(1))
        : rand(2, 3, 603, 610, generator: new Generator(1));
    private readonly Tensor x;

    public LargeImageTests() =>
        x = (y + (0.1 * randn(y.shape, generator: new Generator(2)))).clamp(0, 1).detach().requires_grad_(true);

    public void Dispose() => scope.Dispose();

    [Theory]
    [InlineData("SSIM")]
    [InlineData("MS-SSIM")]
    [InlineData("MS-SSIM, odd sides dropped")]
    [InlineData("MS-SSIM + L1")]
    [InlineData("HaarPSI")]
    [InlineData("GMSD")]
    public void ForwardAndBackward_LargeImages_AreThoseOfTheWhole(string name)
    {
        var dropping = new MultiScaleStructuralSimilarityOptions { OddSides = OddSides.Drop };
        (Loss<Tensor, Tensor, Tensor> loss, Func<Tensor, Tensor> formula) = name switch
        {
            "SSIM" => (new SsimLoss(new() { Reduction = nn.Reduction.None }), v => 1 - StructuralSimilarity.Map(v, y).mean([1, 2, 3])),
            "MS-SSIM" => (new MsSsimLoss(new() { Reduction = nn.Reduction.None }), v => 1 - MultiScale(v)),
            "MS-SSIM + L1" => (
                new MsSsimL1Loss(new() { Reduction = nn.Reduction.None }),
                v => (0.84 * (1 - MultiScale(v))) + (0.16 * (v - y).abs().mean([1, 2, 3]))),
            "HaarPSI" => (new HaarPsiLoss(new() { Reduction = nn.Reduction.None }), v => HaarPsi.Deficits(v, y)),
            "GMSD" => (new GmsdLoss(new() { Reduction = nn.Reduction.None }), v => Gmsd.Deviations(v, y)),
            _ => (
                (Loss<Tensor, Tensor, Tensor>)new MsSsimLoss(new() { Reduction = nn.Reduction.None, Similarity = dropping }),
                (Func<Tensor, Tensor>)(v => 1 - MultiScale(v, dropping))),
        };
        Tensor weights = linspace(0.3, 1.7, 2);

        Tensor expected = formula(x);
        Tensor expectedGradient = autograd.grad([(expected * weights).sum()], [x])[0];
        using (loss)
        {
            Tensor actual = loss.call(x, y);
            TensorAssert.RelativelyNear(expected.detach(), actual.detach(), 1e-5);
            Tensor gradient = autograd.grad([(actual * weights).sum()], [x])[0];
            Assert.InRange(TensorAssert.RelativeNormError(expectedGradient, gradient), 0, 1e-5);
            TensorAssert.RelativelyNear(expected.detach(), loss.call(x.detach(), y), 1e-5);
        }

        Tensor MultiScale(Tensor v, MultiScaleStructuralSimilarityOptions? options = null) =>
            MultiScaleStructuralSimilarity.PerChannel(v, y, options).mean([1]);
    }

    [Fact]
    public void Forward_LargeImages_LeavesNoTensor()
    {
        using var loss = new MsSsimLoss();
        Step();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Step();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        void Step()
        {
            using var step = NewDisposeScope();
            loss.call(x, y).backward();
        }
    }
}

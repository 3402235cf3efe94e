using Mdf.Losses.Tests.Conformance;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests;

/// <summary>Tests losses of classification networks on grey images.</summary>
public sealed class GrayLossTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public static TheoryData<string> Names =>
    [
        .. LossCases.All.Select(c => c.Name).Where(
            n => n.StartsWith("VggLoss", StringComparison.Ordinal) || n.StartsWith("Lpips", StringComparison.Ordinal)),
    ];

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Call_GrayImages_AreThoseRepeatedToRgb(string name)
    {
        LossCase tested = LossCases.All.Single(c => c.Name == name);
        using Loss<Tensor, Tensor, Tensor> loss = tested.Create(nn.Reduction.Mean);
        Tensor x = tested.Images(1, ScalarType.Float64)[.., ..1].contiguous(), y = TestImages.Noisy(x, 0.2);
        Tensor gray = x.clone().requires_grad_(), color = x.repeat(1, 3, 1, 1).requires_grad_();
        Tensor one = loss.call(gray, y), three = loss.call(color, y.repeat(1, 3, 1, 1));
        TensorAssert.RelativelyNear(three, one, 1e-12);
        one.backward();
        three.backward();
        Tensor expected = color.grad!.sum(1, keepdim: true);
        Assert.InRange((expected - gray.grad!).norm().item<double>(), 0, 1e-9 * expected.norm().item<double>());
        Assert.Equal(0, loss.call(x, x).item<double>());

        var feature = (FeatureLoss)loss;
        using PreparedReference prepared = feature.Prepare(y);
        TensorAssert.RelativelyNear(one, feature.call(gray, prepared), 1e-12);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Call_OtherChannels_SaysWhatIsTaken(string name)
    {
        LossCase tested = LossCases.All.Single(c => c.Name == name);
        using Loss<Tensor, Tensor, Tensor> loss = tested.Create(nn.Reduction.Mean);
        Tensor x = tested.Images(1, ScalarType.Float32)[.., ..2];
        Assert.Contains(
            "expected 3, or 1 for grey images.",
            Assert.Throws<ArgumentException>("restored", () => loss.call(x, x)).Message,
            StringComparison.Ordinal);
    }
}

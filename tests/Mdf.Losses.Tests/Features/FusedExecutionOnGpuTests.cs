using Mdf.Models.Adversarial;
using Mdf.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests.Features;

/// <summary>On a GPU the loss gives what it gives on the CPU in float64, up to the rounding of its precision.</summary>
public sealed class FusedExecutionOnGpuTests : IDisposable
{
    private const long SmallestMemory = 1 << 20;

    private static readonly int[] Widths = [32, 32, 64, 64, 64, 64, 64];

    private readonly DisposeScope scope = NewDisposeScope();

    public static TheoryData<long[], MdfExecution, long?> Cases => new(
        from shape in new long[][] { [1, 3, 24, 19], [3, 3, 40, 53], [2, 3, 97, 103] }
        from execution in Enum.GetValues<MdfExecution>()
        from memory in new long?[] { null, SmallestMemory }
        select (shape, execution, memory));

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Float32_AnyTiling_AgreesWithFloat64OnTheCpu(long[] shape, MdfExecution execution, long? memory)
    {
        using var gpu = Gpu.Require();
        AssertNear(shape, new MdfLossOptions { Execution = execution, WorkingMemory = memory }, ofLoss: 1e-5, ofGradient: 2e-3);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TensorFloat32_AnyTiling_IsNearFloat64OnTheCpu(long[] shape, MdfExecution execution, long? memory)
    {
        using var gpu = Gpu.Require(tensorFloat32: true);
        AssertNear(shape, new MdfLossOptions { Execution = execution, WorkingMemory = memory }, ofLoss: 5e-3, ofGradient: 0.1);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void BFloat16_AnyTiling_IsNearFloat64OnTheCpu(long[] shape, MdfExecution execution, long? memory)
    {
        using var gpu = Gpu.Require();
        var options = new MdfLossOptions { Execution = execution, WorkingMemory = memory, Precision = MdfPrecision.BFloat16WhereFaster };
        AssertNear(shape, options, ofLoss: 1e-2, ofGradient: 0.14);
    }

    [Theory]
    [InlineData(MdfPrecision.Full)]
    [InlineData(MdfPrecision.BFloat16WhereFaster)]
    public void Prepared_GivesWhatTheReferenceGives(MdfPrecision precision)
    {
        using var gpu = Gpu.Require();
        using DiscriminatorPyramid pyramid = TestPyramid.Create(Widths);
        using var loss = new MdfLoss(pyramid, new MdfLossOptions { Precision = precision });
        loss.cuda();
        Tensor x = TestPyramid.Images(
            1, ScalarType.Float32, 2, 3, 40, 40).cuda(), y = TestPyramid.Images(2, ScalarType.Float32, 2, 3, 40, 40).cuda();
        using PreparedReference prepared = loss.Prepare(y);
        Assert.InRange(
            TensorAssert.RelativeNormError(loss.call(x, y), loss.call(x, prepared)), 0, precision == MdfPrecision.Full ? 1e-5 : 1e-2);
    }

    [Fact]
    public void ForwardAndBackward_AHundredTimes_LeaveNoTensor()
    {
        using var gpu = Gpu.Require();
        using DiscriminatorPyramid pyramid = TestPyramid.Create(4);
        using var loss = new MdfLoss(pyramid);
        loss.cuda();
        Tensor y = TestPyramid.Images(2, ScalarType.Float32, 1, 3, 12, 12).cuda();
        LiveTensors.AssertNoneLeft(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                using Tensor x = y.mul(0.9).requires_grad_(true), value = loss.call(x, y);
                value.backward();
                x.grad!.Dispose();
            }
        });
    }

    // A gradient that is off by e of its length makes an angle of at most arcsin e with the right one: 0.14 is a cosine of 0.99.
    private static void AssertNear(long[] shape, MdfLossOptions options, double ofLoss, double ofGradient)
    {
        using DiscriminatorPyramid pyramid = TestPyramid.Create(Widths);
        (Tensor expected, Tensor expectedGradient) = Run(pyramid, shape, ScalarType.Float64, CPU, new MdfLossOptions());
        (Tensor actual, Tensor gradient) = Run(pyramid, shape, ScalarType.Float32, CUDA, options);
        Assert.Multiple(
            () => TensorAssert.RelativelyNear(expected, actual, ofLoss),
            () => Assert.InRange(TensorAssert.RelativeNormError(expectedGradient, gradient), 0, ofGradient));
    }

    private static (Tensor Losses, Tensor Gradient) Run(
        DiscriminatorPyramid pyramid, long[] shape, ScalarType dtype, Device device, MdfLossOptions options)
    {
        using var loss = new MdfLoss(pyramid, options with { Reduction = nn.Reduction.None });
        loss.to(device);
        Tensor x = TestPyramid.Images(1, dtype, shape).to(device).requires_grad_(true), y = TestPyramid.Images(2, dtype, shape).to(device);
        Tensor value = loss.call(x, y);
        value.sum().backward();
        return (value.detach().cpu(), x.grad!.cpu());
    }
}

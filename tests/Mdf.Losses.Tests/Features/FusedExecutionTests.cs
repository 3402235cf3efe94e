using Mdf.Models.Adversarial;
using Mdf.Testing;
using Mdf.Tiling;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests.Features;

/// <summary>Fused execution, however it divides the work, gives what ordinary autograd gives.</summary>
public sealed class FusedExecutionTests : IDisposable
{
    private const long SmallestMemory = 1 << 20;

    // The memory takes a few hundred pixels: all but the first two are divided into many tiles either way.
    private static readonly long[][] Shapes =
    [
        [1, 3, 11, 11], [5, 3, 13, 17],
        .. TestLength.IsFull
            ? (long[][])[[2, 3, 40, 150], [1, 3, 131, 60], [2, 3, 97, 103]]
            : [[2, 3, 30, 75], [1, 3, 71, 40], [2, 3, 47, 53]],
    ];

    private static readonly (long Height, long Width) Divided = TestLength.IsFull ? (100, 130) : (60, 70);

    private readonly DisposeScope scope = NewDisposeScope();

    public static TheoryData<long[], int[], ScalarType> Cases => new(
        from shape in Shapes
        from widths in new int[][] { [3], [96, 5] }
        from dtype in new[] { ScalarType.Float32, ScalarType.Float64 }
        select (shape, widths, dtype));

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Fused_AnyTiling_AgreesWithTheGraph(long[] shape, int[] widths, ScalarType dtype)
    {
        using DiscriminatorPyramid pyramid = TestPyramid.Create(widths);
        (Tensor expected, Tensor expectedGradient) = Run(
            pyramid, shape, ScalarType.Float64, new MdfLossOptions { Execution = MdfExecution.Graph });
        foreach (long? memory in new long?[] { null, SmallestMemory, 3 * SmallestMemory })
        {
            (Tensor actual, Tensor gradient) = Run(pyramid, shape, dtype, new MdfLossOptions { WorkingMemory = memory });

            // Of the smallest image the score map is one number, and its distance the square of a difference of two close ones.
            TensorAssert.RelativelyNear(expected, actual, dtype == ScalarType.Float64 ? 1e-12 : 2e-5);
            Assert.InRange(TensorAssert.RelativeNormError(expectedGradient, gradient), 0, dtype == ScalarType.Float64 ? 1e-12 : 2e-3);
        }
    }

    /// <remarks>
    /// Discriminators of 64 channels use the C# kernels where the processor has AVX2; sides do and do not divide into 4 x 4 outputs.
    /// </remarks>
    [Theory]
    [InlineData(92)]
    [InlineData(93)]
    [InlineData(94)]
    [InlineData(95)]
    [InlineData(96)]
    [InlineData(97)]
    public void Fused_PublishedWidth_AgreesWithFloat64(int width)
    {
        using DiscriminatorPyramid pyramid = TestPyramid.Create(64);
        (Tensor expected, Tensor expectedGradient) = Run(pyramid, [2, 3, 19, width], ScalarType.Float64, new MdfLossOptions());
        foreach (MdfExecution execution in Enum.GetValues<MdfExecution>())
        {
            (Tensor actual, Tensor gradient) = Run(
                pyramid, [2, 3, 19, width], ScalarType.Float32, new MdfLossOptions { Execution = execution });
            TensorAssert.RelativelyNear(expected, actual, 1e-5);
            Assert.InRange(TensorAssert.RelativeNormError(expectedGradient, gradient), 0, 2e-3);
        }
    }

    [Fact]
    public void Graph_PublishedWidthsAndMemoryFullOfNaN_AgreesWithFused()
    {
        using DiscriminatorPyramid pyramid = DiscriminatorPyramid.CreateUntrained(seed: 1, scaleCount: 5);
        (_, Tensor expected) = Run(pyramid, [2, 3, 40, 40], ScalarType.Float32, new MdfLossOptions());
        using var loss = new MdfLoss(pyramid, new MdfLossOptions { Execution = MdfExecution.Graph, Reduction = nn.Reduction.Sum });
        Tensor x = TestPyramid.Images(
            1, ScalarType.Float32, 2, 3, 40, 40).requires_grad_(true), y = TestPyramid.Images(2, ScalarType.Float32, 2, 3, 40, 40);
        FreedMemory.FillWithNaN();
        Tensor value = loss.call(x, y);
        FreedMemory.FillWithNaN();
        value.backward();
        Assert.InRange(TensorAssert.RelativeNormError(expected, x.grad!), 0, 2e-3);
    }

    [Theory]
    [InlineData(MdfLayers.Head)]
    [InlineData(MdfLayers.Body)]
    [InlineData(MdfLayers.Tail)]
    [InlineData(MdfLayers.Head | MdfLayers.Tail)]
    public void Fused_SomeLayersInTiles_AgreesWithTheGraph(MdfLayers layers)
    {
        using DiscriminatorPyramid pyramid = TestPyramid.Create(96);
        long[] shape = [1, 3, Divided.Height, Divided.Width];
        (Tensor expected, Tensor expectedGradient) = Run(
            pyramid, shape, ScalarType.Float64, new MdfLossOptions { Layers = layers, Execution = MdfExecution.Graph });
        (Tensor actual, Tensor gradient) = Run(
            pyramid, shape, ScalarType.Float64, new MdfLossOptions { Layers = layers, WorkingMemory = SmallestMemory });
        TensorAssert.RelativelyNear(expected, actual, 1e-12);
        Assert.InRange(TensorAssert.RelativeNormError(expectedGradient, gradient), 0, 1e-12);
    }

    [Fact]
    public void Fused_DiscriminatorsOfDifferentDepth_AgreesWithTheGraph()
    {
        using var pyramid = new DiscriminatorPyramid([new MdfDiscriminator(64, bodyBlocks: 1), new MdfDiscriminator(8, bodyBlocks: 4)]);
        pyramid.eval();
        (Tensor expected, Tensor expectedGradient) = Run(
            pyramid, [1, 3, 90, 140], ScalarType.Float64, new MdfLossOptions { Execution = MdfExecution.Graph });
        (Tensor actual, Tensor gradient) = Run(
            pyramid, [1, 3, 90, 140], ScalarType.Float64, new MdfLossOptions { WorkingMemory = SmallestMemory });
        TensorAssert.RelativelyNear(expected, actual, 1e-12);
        Assert.InRange(TensorAssert.RelativeNormError(expectedGradient, gradient), 0, 1e-12);
    }

    [Fact]
    public void Prepared_InTiles_AgreesWithTheGraph()
    {
        using DiscriminatorPyramid pyramid = TestPyramid.Create(64, 5);
        long[] shape = [2, 3, Divided.Height, Divided.Width];
        (Tensor expected, Tensor expectedGradient) = Run(
            pyramid, shape, ScalarType.Float64, new MdfLossOptions { Execution = MdfExecution.Graph });
        foreach (MdfExecution execution in Enum.GetValues<MdfExecution>())
        {
            using var loss = new MdfLoss(
                pyramid, new MdfLossOptions { Reduction = nn.Reduction.None, WorkingMemory = SmallestMemory, Execution = execution });
            Tensor x = TestPyramid.Images(1, ScalarType.Float64, shape).requires_grad_(true);
            using PreparedReference prepared = loss.Prepare(TestPyramid.Images(2, ScalarType.Float64, shape));
            Tensor value = loss.call(x, prepared);
            value.sum().backward();
            TensorAssert.RelativelyNear(expected, value.detach(), 1e-12);
            Assert.InRange(TensorAssert.RelativeNormError(expectedGradient, x.grad!), 0, 1e-12);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3000)]
    [InlineData(10_000)]
    [InlineData(1_000_000)]
    public void Divide_AnyBudget_GivesEachPositionToOneTile(long pixels)
    {
        const int Field = 11;
        foreach (long[] shape in new long[][] { [1, 1, 11, 11], [3, 1, 50, 200], [2, 1, 333, 77], [1, 1, 12, 1000] })
        {
            foreach (int shrink in new[] { 2, 8, 10 })
            {
                Tensor counts = zeros(shape[0], 1, shape[2] - shrink, shape[3] - shrink);
                foreach (Tile tile in Tile.Divide(shape, pixels, Field))
                {
                    tile.OwnedOfWhole(counts, shape[2], shape[3]).add_(1);
                    Assert.True(tile.Images == 1 || tile.Images * shape[2] * shape[3] <= pixels);
                    Assert.InRange(tile.Rows.Length, Field, shape[2]);
                    Assert.InRange(tile.Columns.Length, Field, shape[3]);
                }

                Assert.Equal(1, counts.min().item<float>());
                Assert.Equal(1, counts.max().item<float>());
            }
        }
    }

    [Fact]
    public void Tiles_MemoryWithoutLimit_AreNoLargerThanAnArrayCanBe()
    {
        using DiscriminatorPyramid pyramid = TestPyramid.Create(64);
        using var loss = new MdfLoss(pyramid, new MdfLossOptions { WorkingMemory = long.MaxValue });
        Tensor huge = zeros(1).expand(1, 3, 40_000, 40_000);
        Assert.All(
            loss.Network.Tiles(huge, ScalarType.Float32),
            t => Assert.InRange(t.Rows.Length * t.Columns.Length * 64 * 12, 1, Array.MaxLength));
        Assert.Single(loss.Network.Tiles(huge.narrow(2, 0, 600).narrow(3, 0, 600), ScalarType.Float32));
    }

    [Fact]
    public void Fused_LargeImage_IsDividedAndItsGradientReachesEveryPixel()
    {
        const long Pixels = SmallestMemory / (4 * 32 * 9), Side = 200;
        using DiscriminatorPyramid pyramid = TestPyramid.Create(32);
        using var loss = new MdfLoss(pyramid, new MdfLossOptions { WorkingMemory = SmallestMemory });
        Tensor x = TestPyramid.Images(
            1, ScalarType.Float32, 1, 3, Side, Side).requires_grad_(true), y = TestPyramid.Images(2, ScalarType.Float32, 1, 3, Side, Side);
        Assert.True(Tile.Divide(x.shape, Pixels, loss.MinimumSide).Count() > 10);

        loss.call(x, y).backward();

        Assert.True(x.grad!.isfinite().all().item<bool>());
        Assert.True(x.grad.abs().sum(1).min().item<float>() > 0, "A pixel was left out by every tile.");
    }

    [Fact]
    public void ForwardAndBackward_OfEachKind_LeaveNoTensor()
    {
        using DiscriminatorPyramid pyramid = TestPyramid.Create(4);
        using var loss = new MdfLoss(pyramid, new MdfLossOptions { Precision = MdfPrecision.BFloat16WhereFaster });
        Tensor y = TestPyramid.Images(2, ScalarType.Float32, 1, 3, 12, 12);
        using PreparedReference prepared = loss.Prepare(y);
        LiveTensors.AssertNoneLeft(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                using Tensor x = y.mul(0.9).requires_grad_(true), value = loss.call(x, prepared);
                value.backward();
                x.grad!.Dispose();
                using Tensor z = y.mul(0.9).requires_grad_(true), second = loss.call(z, y);
                Tensor gradient = autograd.grad([second], [z], create_graph: true, retain_graph: true)[0];
                gradient.Dispose();
            }
        });
    }

    private static (Tensor Losses, Tensor Gradient) Run(
        DiscriminatorPyramid pyramid, long[] shape, ScalarType dtype, MdfLossOptions options)
    {
        using var loss = new MdfLoss(pyramid, options with { Reduction = nn.Reduction.None });
        Tensor x = TestPyramid.Images(1, dtype, shape).requires_grad_(true), y = TestPyramid.Images(2, dtype, shape);
        Tensor value = loss.call(x, y);
        value.sum().backward();
        return (value.detach(), x.grad!);
    }
}

using Mdf.Testing;
using Mdf.TorchCompatibility;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Mdf.Core.Tests.TorchCompatibility;

public sealed class SafeBatchNorm2dTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Forward_TrainingAndEvaluation_IsTorchSharps()
    {
        using var mine = new SafeBatchNorm2d(3, epsilon: 1e-3, momentum: 0.2);
        using BatchNorm2d theirs = nn.BatchNorm2d(3, 1e-3, 0.2);
        Assert.Equal(theirs.state_dict().Keys.Order(), mine.state_dict().Keys.Order());
        using var generator = new Generator(3, CPU);
        for (int i = 0; i < 3; i++)
        {
            Tensor one = randn(2, 3, 4, 5, generator: generator).requires_grad_(), other = one.detach().clone().requires_grad_();
            Tensor result = mine.call(one), expected = theirs.call(other);
            TensorAssert.Near(expected, result, 0);
            result.square().sum().backward();
            expected.square().sum().backward();
            TensorAssert.Near(other.grad!, one.grad!, 0);
        }

        TensorAssert.Near(theirs.weight!.grad!, mine.Weight.grad!, 0);
        foreach ((string name, Tensor value) in theirs.state_dict())
        {
            TensorAssert.Near(value, mine.state_dict()[name], 0);
        }

        Tensor count = mine.get_buffer("num_batches_tracked")!;
        Assert.Equal((3, ScalarType.Int64), (count.item<long>(), count.dtype));
        mine.eval();
        theirs.eval();
        Tensor images = randn(1, 3, 4, 5, generator: generator);
        TensorAssert.Near(theirs.call(images), mine.call(images), 0);
        Assert.Equal(3, mine.get_buffer("num_batches_tracked")!.item<long>());
    }

    [Fact]
    public void To_Type_MovesWeightsAndStatistics()
    {
        using var layer = new SafeBatchNorm2d(2);
        layer.to(ScalarType.Float64);
        Assert.Equal(ScalarType.Float64, layer.call(rand(1, 2, 3, 3, dtype: ScalarType.Float64)).dtype);
        Assert.Equal([ScalarType.Float64, ScalarType.Float64], [layer.Weight.dtype, layer.Mean.dtype]);
        Assert.True(layer.Mean.sum().item<double>() > 0);
    }

    // TorchSharp's BatchNorm2d fails here within seconds.
    [Fact]
    public void Forward_WhileGarbageIsCollected_CountsEveryBatch()
    {
        int batches = TestLength.IsFull ? 50_000 : 5_000;
        using var layer = new SafeBatchNorm2d(2);
        using Tensor images = rand(1, 2, 2, 2);
        using (new GarbageCollections())
        {
            for (int i = 0; i < batches; i++)
            {
                layer.call(images).Dispose();
            }
        }

        Assert.Equal(batches, layer.get_buffer("num_batches_tracked")!.item<long>());
    }

    [Fact]
    public void Constructor_InADisposeScope_OutlivesIt()
    {
        SafeBatchNorm2d layer;
        using (NewDisposeScope())
        {
            layer = new SafeBatchNorm2d(2);
        }

        using (layer)
        {
            Assert.Equal([1, 2, 3, 3], layer.call(ones(1, 2, 3, 3)).shape);
        }
    }

    [Fact]
    public void Constructor_BadNumbers_AreNamed()
    {
        Assert.Throws<ArgumentOutOfRangeException>("features", () => new SafeBatchNorm2d(0));
        Assert.Throws<ArgumentOutOfRangeException>("epsilon", () => new SafeBatchNorm2d(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>("momentum", () => new SafeBatchNorm2d(1, momentum: 2));
    }
}

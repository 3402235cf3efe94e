using Mdf.Losses.Features;
using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests.Features;

public sealed class OrderedWorkTests
{
    private static readonly int[] Items = [.. Enumerable.Range(0, 100)];

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Run_WhoeverIsFaster_EndsInOrderAndLeavesNoTensor(int workers)
    {
        var random = new Random(1);
        int[] pauses = [.. Items.Select(i => i == 7 ? 200 : random.Next(5))];
        var ended = new List<int>();
        int threads = get_num_threads();
        LiveTensors.AssertNoneLeft(() =>
        {
            ended.Clear();
            OrderedWork<int>.Run(
                Items,
                workers,
                item =>
                {
                    Thread.Sleep(pauses[item]);
                    Assert.False(is_grad_enabled());
                    Assert.Equal(workers == 1 ? threads : Math.Max(threads / workers, 1), get_num_threads());
                    return [tensor(item), null];
                },
                (item, results) =>
                {
                    Assert.Equal(item, results[0]!.item<int>());
                    Assert.Null(results[1]);
                    ended.Add(item);
                });
        });
        Assert.Equal(Items, ended);
        Assert.Equal(threads, get_num_threads());
        Assert.True(is_grad_enabled());
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(4, false)]
    [InlineData(1, true)]
    [InlineData(4, true)]
    public void Run_WorkThatFails_ThrowsWhatItThrewAndLeavesNoTensor(int workers, bool inTheEnd)
    {
        int threads = get_num_threads();
        LiveTensors.AssertNoneLeft(() => Assert.Throws<InvalidTimeZoneException>(() => OrderedWork<int>.Run(
            Items,
            workers,
            item => item == 7 && !inTheEnd ? throw new InvalidTimeZoneException() : [tensor(item)],
            (item, _) =>
            {
                if (item == 7 && inTheEnd)
                {
                    throw new InvalidTimeZoneException();
                }
            })));
        Assert.Equal(threads, get_num_threads());
    }

    [Fact]
    public void Loss_OfWindowsByManyThreads_IsTheSameEachTime()
    {
        using var scope = NewDisposeScope();
        using var pyramid = TestPyramid.Create(32);
        using var loss = new MdfLoss(pyramid, new MdfLossOptions { WorkingMemory = 96 << 20 });
        int threads = get_num_threads();
        set_num_threads(4);
        try
        {
            Tensor y = TestPyramid.Images(2, ScalarType.Float32, 1, 3, 700, 700);
            (Tensor Value, Tensor Gradient)[] runs = [.. Enumerable.Range(0, 3).Select(_ =>
            {
                Tensor x = TestPyramid.Images(1, ScalarType.Float32, 1, 3, 700, 700).requires_grad_(true), value = loss.call(x, y);
                value.backward();
                return (value.detach(), x.grad!);
            })];
            Assert.All(runs, run =>
            {
                TensorAssert.Equal(runs[0].Value, run.Value);
                TensorAssert.Equal(runs[0].Gradient, run.Gradient);
            });
        }
        finally
        {
            set_num_threads(threads);
        }
    }
}

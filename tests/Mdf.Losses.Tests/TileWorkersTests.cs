using Mdf.Testing;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests;

public sealed class TileWorkersTests
{
    private static readonly Tile[] Tiles = [.. Tile.DivideImages([20, 1, 4, 4], images: 1)];

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Run_WhoeverIsFaster_EndsInOrder(int workers)
    {
        var random = new Random(1);
        int[] pauses = [.. Tiles.Select(_ => random.Next(5))];
        var ended = new List<long>();
        int threads = get_num_threads();
        TileWorkers.Run(Tiles, workers, tile =>
        {
            Thread.Sleep(pauses[tile.FirstImage]);
            Assert.False(is_grad_enabled());
            Assert.Equal(workers == 1 ? threads : 1, get_num_threads());
            return () => ended.Add(tile.FirstImage);
        });
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (long)i), ended);
        Assert.Equal(threads, get_num_threads());
        Assert.True(is_grad_enabled());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Run_WorkThatFails_ThrowsWhatItThrew(int workers)
    {
        int threads = get_num_threads();
        Assert.Throws<InvalidTimeZoneException>(() => TileWorkers.Run(
            Tiles, workers, tile => tile.FirstImage == 7 ? throw new InvalidTimeZoneException() : () => { }));
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

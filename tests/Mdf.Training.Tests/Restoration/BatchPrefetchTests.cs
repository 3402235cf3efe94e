using Mdf.Data;
using Mdf.Training.Restoration;
using static TorchSharp.torch;

namespace Mdf.Training.Tests.Restoration;

public sealed class BatchPrefetchTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 3)]
    [InlineData(2, 1)]
    [InlineData(6, 4)]
    public void Take_SeveralWorkers_GivesTheBatchesInOrder(int depth, int workers)
    {
        int made = 0;
        using var batches = new BatchPrefetch(Make, first: 3, end: 40, depth, workers);
        for (int i = 3; i < 40; i++)
        {
            using PairedBatch batch = batches.Take();
            Assert.Equal(i, batch.Reference.item<float>());
            Assert.True(Volatile.Read(ref made) <= i - 3 + 1 + depth + 1, "more batches were made ahead than asked for");
        }

        Assert.Equal(37, made);
        if (depth > 0)
        {
            Assert.Throws<InvalidOperationException>(batches.Take);
        }

        PairedBatch Make(int number)
        {
            Interlocked.Increment(ref made);
            // Early numbers take longer, so that workers finish out of order.
            Thread.Sleep(number % 3 == 0 ? 4 : 0);
            return Batch(number);
        }
    }

    [Fact]
    public void Take_OneBatchFails_GivesThoseBeforeItFirst()
    {
        using var batches = new BatchPrefetch(
            number => number == 5 ? throw new IOException("batch 5") : Batch(number), first: 0, end: 100, depth: 8, workers: 3);
        for (int i = 0; i < 5; i++)
        {
            using PairedBatch batch = batches.Take();
            Assert.Equal(i, batch.Reference.item<float>());
        }

        Assert.Equal("batch 5", Assert.Throws<IOException>(batches.Take).Message);
        Assert.Throws<IOException>(batches.Take);
    }

    [Fact]
    public void Dispose_BatchesAreReady_FreesThem()
    {
        var made = new List<PairedBatch>();
        using (var batches = new BatchPrefetch(Make, first: 0, end: 100, depth: 4, workers: 2))
        {
            batches.Take().Dispose();
            SpinWait.SpinUntil(() => Count() >= 4, TimeSpan.FromSeconds(30));
        }

        Assert.All(made, batch => Assert.True(batch.Reference.IsInvalid));

        PairedBatch Make(int number)
        {
            PairedBatch batch = Batch(number);
            lock (made)
            {
                made.Add(batch);
            }

            return batch;
        }

        int Count()
        {
            lock (made)
            {
                return made.Count;
            }
        }
    }

    private static PairedBatch Batch(int number) => new(tensor((float)number), tensor((float)number));
}

using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Mdf.Data;

namespace Mdf.Training.Restoration;

/// <summary>Batches by number and in order: made ahead by one thread in the background, or each when it is asked for.</summary>
internal sealed class BatchPrefetch : IDisposable
{
    private readonly Func<int, PairedBatch> make;
    private readonly BlockingCollection<PairedBatch> ready;
    private readonly CancellationTokenSource stop = new();
    private readonly Thread? worker;
    private ExceptionDispatchInfo? failure;
    private int next;

    /// <param name="make">Makes the batch of a number; dispose scopes are those of its thread.</param>
    /// <param name="first">The first number.</param>
    /// <param name="end">The number after the last.</param>
    /// <param name="depth">How many to keep ready; 0 for none.</param>
    public BatchPrefetch(Func<int, PairedBatch> make, int first, int end, int depth)
    {
        this.make = make;
        next = first;
        ready = new BlockingCollection<PairedBatch>(Math.Max(depth, 1));
        if (depth > 0)
        {
            worker = new Thread(() => Work(first, end)) { IsBackground = true, Name = "Batches" };
            worker.Start();
        }
    }

    /// <summary>Waits for the next batch, which the caller disposes; what went wrong in making it is thrown here.</summary>
    public PairedBatch Take()
    {
        if (worker is null)
        {
            return make(next++);
        }

        if (ready.TryTake(out PairedBatch? batch, Timeout.Infinite))
        {
            return batch;
        }

        failure?.Throw();
        throw new InvalidOperationException("There are no more batches.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stop.Cancel();
        worker?.Join();
        while (ready.TryTake(out PairedBatch? batch))
        {
            batch.Dispose();
        }

        ready.Dispose();
        stop.Dispose();
    }

    private void Work(int first, int end)
    {
        try
        {
            for (int i = first; i < end && !stop.IsCancellationRequested; i++)
            {
                Offer(make(i));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nobody waits for more.
        }
        catch (Exception e)
        {
            failure = ExceptionDispatchInfo.Capture(e);
        }
        finally
        {
            ready.CompleteAdding();
        }
    }

    private void Offer(PairedBatch batch)
    {
        try
        {
            ready.Add(batch, stop.Token);
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }
}

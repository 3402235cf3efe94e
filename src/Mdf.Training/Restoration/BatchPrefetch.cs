using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Mdf.Data;

namespace Mdf.Training;

/// <summary>Batches by number, made ahead and in order by one thread in the background.</summary>
internal sealed class BatchPrefetch : IDisposable
{
    private readonly BlockingCollection<PairedBatch> ready;
    private readonly CancellationTokenSource stop = new();
    private readonly Thread worker;
    private ExceptionDispatchInfo? failure;

    /// <param name="make">Makes the batch of a number; dispose scopes are those of its thread.</param>
    /// <param name="first">The first number.</param>
    /// <param name="end">The number after the last.</param>
    /// <param name="depth">How many to keep ready.</param>
    public BatchPrefetch(Func<int, PairedBatch> make, int first, int end, int depth)
    {
        ready = new BlockingCollection<PairedBatch>(depth);
        worker = new Thread(() => Work(make, first, end)) { IsBackground = true, Name = "Batches" };
        worker.Start();
    }

    /// <summary>Waits for the next batch, which the caller disposes; what went wrong in making it is thrown here.</summary>
    public PairedBatch Take()
    {
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
        worker.Join();
        while (ready.TryTake(out PairedBatch? batch))
        {
            batch.Dispose();
        }

        ready.Dispose();
        stop.Dispose();
    }

    private void Work(Func<int, PairedBatch> make, int first, int end)
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

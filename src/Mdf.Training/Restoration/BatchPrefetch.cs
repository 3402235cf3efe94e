using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Mdf.Data;

namespace Mdf.Training.Restoration;

/// <summary>Provides numbered batches in order. A background thread prepares them ahead, or they are made on demand.</summary>
internal sealed class BatchPrefetch : IDisposable
{
    private readonly Func<int, PairedBatch> make;
    private readonly BlockingCollection<PairedBatch> ready;
    private readonly CancellationTokenSource stop = new();
    private readonly Thread? worker;
    private ExceptionDispatchInfo? failure;
    private int next;

    /// <summary>Starts preparing batches.</summary>
    /// <param name="make">Makes the batch with the given number; runs on the background thread, with that thread's dispose scopes.</param>
    /// <param name="first">The first batch's number.</param>
    /// <param name="end">The last batch's number plus 1.</param>
    /// <param name="depth">Number of batches to keep ready; 0 makes batches on demand.</param>
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

    /// <summary>Waits for the next batch, which the caller disposes. Rethrows an exception of the background thread.</summary>
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
        throw new InvalidOperationException("All batches have been taken; expected no further call.");
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
            // Dispose has been called, so no more batches are needed.
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

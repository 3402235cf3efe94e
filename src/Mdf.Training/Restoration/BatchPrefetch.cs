using System.Runtime.ExceptionServices;
using Mdf.Data;

namespace Mdf.Training.Restoration;

/// <summary>Provides numbered batches in order. Background threads prepare them ahead, or they are made on demand.</summary>
internal sealed class BatchPrefetch : IDisposable
{
    private readonly Func<int, PairedBatch> make;
    private readonly int end;
    private readonly int depth;
    private readonly Thread[] workers;
    private readonly object gate = new();
    private readonly Dictionary<int, PairedBatch> ready = [];
    private (int Number, ExceptionDispatchInfo Exception)? failure;
    private bool isStopped;
    private int claimed;
    private int next;

    /// <summary>Starts preparing batches.</summary>
    /// <param name="make">Makes the batch with the given number; runs on the background threads, with their own dispose scopes.</param>
    /// <param name="first">The first batch's number.</param>
    /// <param name="end">The last batch's number plus 1.</param>
    /// <param name="depth">Number of batches to keep ready; 0 makes batches on demand.</param>
    /// <param name="workers">Number of background threads, at least 1. No more than the depth are used.</param>
    public BatchPrefetch(Func<int, PairedBatch> make, int first, int end, int depth, int workers)
    {
        this.make = make;
        this.end = end;
        this.depth = depth;
        claimed = next = first;
        this.workers =
        [
            .. Enumerable.Range(1, Math.Min(workers, depth)).Select(i => new Thread(Work) { IsBackground = true, Name = $"Batches {i}" }),
        ];
        foreach (Thread worker in this.workers)
        {
            worker.Start();
        }
    }

    /// <summary>Waits for the next batch, which the caller disposes. Rethrows the exception that prevented it.</summary>
    public PairedBatch Take()
    {
        if (depth == 0)
        {
            return make(next++);
        }

        lock (gate)
        {
            PairedBatch? batch;
            while (!ready.Remove(next, out batch))
            {
                if (failure is { } failed && failed.Number == next)
                {
                    failed.Exception.Throw();
                }

                if (next >= end)
                {
                    throw new InvalidOperationException("All batches have been taken; expected no further call.");
                }

                Monitor.Wait(gate);
            }

            next++;
            Monitor.PulseAll(gate);
            return batch;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            isStopped = true;
            Monitor.PulseAll(gate);
        }

        foreach (Thread worker in workers)
        {
            worker.Join();
        }

        foreach (PairedBatch batch in ready.Values)
        {
            batch.Dispose();
        }

        ready.Clear();
    }

    private void Work()
    {
        while (Claim() is { } number)
        {
            try
            {
                Offer(number, make(number));
            }
            catch (Exception e)
            {
                Fail(number, ExceptionDispatchInfo.Capture(e));
            }
        }
    }

    // Returns the number of the next batch to make once there is room for it; null when no more are needed.
    private int? Claim()
    {
        lock (gate)
        {
            while (!isStopped && failure is null && claimed < end && claimed >= next + depth)
            {
                Monitor.Wait(gate);
            }

            return isStopped || failure is not null || claimed >= end ? null : claimed++;
        }
    }

    private void Offer(int number, PairedBatch batch)
    {
        lock (gate)
        {
            ready.Add(number, batch);
            Monitor.PulseAll(gate);
        }
    }

    // The batches before the first failed one are still taken: threads that make them go on.
    private void Fail(int number, ExceptionDispatchInfo exception)
    {
        lock (gate)
        {
            if (failure is null || number < failure.Value.Number)
            {
                failure = (number, exception);
            }

            Monitor.PulseAll(gate);
        }
    }
}

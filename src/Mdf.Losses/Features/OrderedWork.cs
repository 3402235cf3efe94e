using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace Mdf.Losses.Features;

/// <summary>
/// Processes items on several threads. Each thread uses its own share of libtorch's threads, so threads do not wait for each other within
/// an item. Results are combined in the order of the items, so sums do not depend on timing.
/// </summary>
/// <typeparam name="TItem">Type of a work item.</typeparam>
internal sealed class OrderedWork<TItem>
{
    // Results per worker that may wait for a late item; bounds the memory of finished results.
    private const int MostWaiting = 8;

    private readonly IReadOnlyList<TItem> items;
    private readonly int mostAhead;
    private readonly Func<TItem, Tensor?[]> work;
    private readonly Action<TItem, Tensor?[]> finish;
    private readonly object turns = new();
    private readonly Dictionary<int, Tensor?[]> waiting = [];
    private int next = -1;
    private int turn;
    private bool hasFailed;

    private OrderedWork(IReadOnlyList<TItem> items, int workers, Func<TItem, Tensor?[]> work, Action<TItem, Tensor?[]> finish)
    {
        this.items = items;
        this.work = work;
        this.finish = finish;
        mostAhead = MostWaiting * workers;
    }

    /// <summary>Processes all items.</summary>
    /// <param name="items">The items.</param>
    /// <param name="workers">Number of threads; 1 uses the calling thread with all of libtorch's threads.</param>
    /// <param name="work">Processes an item, without gradients and in a dispose scope of its own.</param>
    /// <param name="finish">Takes the results of an item, in the order of the items and one at a time.</param>
    public static void Run(IReadOnlyList<TItem> items, int workers, Func<TItem, Tensor?[]> work, Action<TItem, Tensor?[]> finish)
    {
        workers = Math.Min(workers, items.Count);
        var all = new OrderedWork<TItem>(items, workers, work, finish);
        int threads = get_num_threads();
        try
        {
            if (workers <= 1)
            {
                all.Work();
            }
            else
            {
                Parallel.For(0, workers, _ => all.WorkAlone(threads, threads / workers));
            }
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerException!);
        }
        finally
        {
            all.waiting.Values.ToList().ForEach(Dispose);
        }
    }

    private void WorkAlone(int threads, int share)
    {
        // set_num_threads sets the count of this thread and the default of new threads. A thread takes the default at its first use of
        // libtorch, so ask first: otherwise that first use could overwrite the count set here.
        _ = get_num_threads();
        set_num_threads(Math.Max(share, 1));
        try
        {
            Work();
        }
        catch
        {
            lock (turns)
            {
                hasFailed = true;
                Monitor.PulseAll(turns);
            }

            throw;
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    private void Work()
    {
        using var noGradient = no_grad();
        for (int i = Interlocked.Increment(ref next); i < items.Count && MayBegin(i); i = Interlocked.Increment(ref next))
        {
            using var ofItem = NewDisposeScope();
            Finish(i, [.. work(items[i]).Select(r => r?.DetachFromDisposeScope())]);
        }
    }

    // Waits while the item is too far ahead of the next one to finish. The thread with the next item never waits, so there is no deadlock.
    private bool MayBegin(int item)
    {
        lock (turns)
        {
            while (item > turn + mostAhead && !hasFailed)
            {
                Monitor.Wait(turns);
            }

            return !hasFailed;
        }
    }

    private void Finish(int item, Tensor?[] results)
    {
        lock (turns)
        {
            waiting.Add(item, results);
            while (!hasFailed && waiting.TryGetValue(turn, out Tensor?[]? inTurn))
            {
                using var ofItem = NewDisposeScope();
                finish(items[turn], inTurn);
                waiting.Remove(turn++);
                Dispose(inTurn);
            }

            Monitor.PulseAll(turns);
        }
    }

    private static void Dispose(Tensor?[] results) => Array.ForEach(results, r => r?.Dispose());
}

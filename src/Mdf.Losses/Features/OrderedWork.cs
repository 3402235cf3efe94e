using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace Mdf.Losses.Features;

/// <summary>
/// Work on items by several threads, each with libtorch on that thread alone, so that nobody waits for the others within an item. What comes
/// of the items is put together in their order, so that sums do not depend on who was faster.
/// </summary>
/// <typeparam name="TItem">What is worked on.</typeparam>
internal sealed class OrderedWork<TItem>
{
    // How many results for each worker may wait for one that is late.
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

    /// <summary>Does the work for each item.</summary>
    /// <param name="items">The items.</param>
    /// <param name="workers">The threads; 1 for the calling thread, with all of libtorch's.</param>
    /// <param name="work">What is done, without gradients and in a dispose scope of its own.</param>
    /// <param name="finish">What is done with its results, in the order of the items.</param>
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
        // Libtorch's number of threads is the thread's that sets it, and the default of threads begun later. A thread that never asked takes the
        // default at its first use, which would come in between.
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

    // Whoever works on the item whose turn it is never waits here.
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

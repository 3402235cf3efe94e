using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>
/// Work on tiles by several threads, each with libtorch on that thread alone, so that nobody waits for the others within a tile. What comes
/// of the tiles is put together in their order, so that sums do not depend on who was faster.
/// </summary>
internal sealed class TileWorkers
{
    private readonly IReadOnlyList<Tile> tiles;
    private readonly Func<Tile, Action> work;
    private readonly object turns = new();
    private int next = -1;
    private int turn;
    private bool hasFailed;

    private TileWorkers(IReadOnlyList<Tile> tiles, Func<Tile, Action> work)
    {
        this.tiles = tiles;
        this.work = work;
    }

    /// <summary>Does the work for each tile.</summary>
    /// <param name="tiles">The tiles.</param>
    /// <param name="workers">The threads; 1 for the calling thread, with all of libtorch's.</param>
    /// <param name="work">What is done, without gradients and in a dispose scope of its own; it gives what is to be done in turn.</param>
    public static void Run(IReadOnlyList<Tile> tiles, int workers, Func<Tile, Action> work)
    {
        var all = new TileWorkers(tiles, work);
        workers = Math.Min(workers, tiles.Count);
        if (workers <= 1)
        {
            all.Work();
            return;
        }

        int threads = get_num_threads();
        try
        {
            Parallel.For(0, workers, _ => all.WorkAlone(threads));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerException!);
        }
    }

    private void WorkAlone(int threads)
    {
        // Libtorch's number of threads is the thread's that sets it, and the default of threads begun later.
        set_num_threads(1);
        try
        {
            Work();
        }
        catch
        {
            Pass(failed: true);
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
        for (int i = Interlocked.Increment(ref next); i < tiles.Count; i = Interlocked.Increment(ref next))
        {
            using var ofTile = NewDisposeScope();
            Action last = work(tiles[i]);
            if (!WaitForTurn(i))
            {
                return;
            }

            last();
            Pass(failed: false);
        }
    }

    // The tile whose turn it is has been begun, since tiles are begun in their order.
    private bool WaitForTurn(int tile)
    {
        lock (turns)
        {
            while (turn != tile && !hasFailed)
            {
                Monitor.Wait(turns);
            }

            return !hasFailed;
        }
    }

    private void Pass(bool failed)
    {
        lock (turns)
        {
            turn++;
            hasFailed |= failed;
            Monitor.PulseAll(turns);
        }
    }
}

using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>Work on tiles by several threads, each with libtorch on that thread alone: nobody waits for the others within a tile.</summary>
internal static class TileWorkers
{
    /// <summary>Does the work for each tile.</summary>
    /// <param name="tiles">The tiles.</param>
    /// <param name="workers">The threads; 1 for the calling thread, with all of libtorch's.</param>
    /// <param name="work">What is done, without gradients and in a dispose scope of its own.</param>
    public static void Run(IReadOnlyList<Tile> tiles, int workers, Action<Tile> work)
    {
        int next = -1, threads = get_num_threads();
        workers = Math.Min(workers, tiles.Count);
        if (workers <= 1)
        {
            Work();
            return;
        }

        try
        {
            Parallel.For(0, workers, _ => WorkAlone());
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerException!);
        }

        void WorkAlone()
        {
            // Libtorch's number of threads is the thread's that sets it, and the default of threads begun later.
            set_num_threads(1);
            try
            {
                Work();
            }
            finally
            {
                set_num_threads(threads);
            }
        }

        void Work()
        {
            using var noGradient = no_grad();
            for (int i = Interlocked.Increment(ref next); i < tiles.Count; i = Interlocked.Increment(ref next))
            {
                using var ofTile = NewDisposeScope();
                work(tiles[i]);
            }
        }
    }
}

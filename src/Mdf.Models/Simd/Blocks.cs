using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace Mdf.Models.Simd;

/// <summary>Divides work into numbered blocks, which the threads take one by one.</summary>
internal sealed class Blocks
{
    // Number of threads that work of the calling thread may use; 0 for libtorch's number.
    [ThreadStatic]
    private static int share;

    private readonly int count;
    private int next = -1;

    private Blocks(int count) => this.count = count;

    private static int Threads => share > 0 ? share : get_num_threads();

    /// <summary>Runs the work on as many threads as libtorch uses on the calling thread, and at most one per block.</summary>
    /// <param name="count">Number of blocks.</param>
    /// <param name="work">Runs once on each thread and takes blocks until none is left.</param>
    public static void Run(int count, Action<Blocks> work)
    {
        var blocks = new Blocks(count);
        int threads = Math.Min(Threads, count);
        if (threads <= 1)
        {
            work(blocks);
            return;
        }

        try
        {
            Parallel.For(0, threads, _ => work(blocks));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerException!);
        }
    }

    /// <summary>
    /// Runs parts of a work side by side. Each thread takes an equal share of the threads, so that blocks within a part use this share.
    /// </summary>
    /// <param name="count">Number of parts.</param>
    /// <param name="work">Computes the part of the given number.</param>
    public static void RunApart(int count, Action<int> work)
    {
        int all = Threads, ofPart = all / Math.Clamp(count, 1, all);
        Run(count, parts =>
        {
            int before = share;
            share = ofPart;
            try
            {
                while (parts.Take(out int part))
                {
                    work(part);
                }
            }
            finally
            {
                share = before;
            }
        });
    }

    /// <summary>Takes the next block.</summary>
    /// <returns>False if no block is left.</returns>
    public bool Take(out int block)
    {
        block = Interlocked.Increment(ref next);
        return block < count;
    }
}

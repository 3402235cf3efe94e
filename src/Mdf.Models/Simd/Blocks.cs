using static TorchSharp.torch;

namespace Mdf.Models.Simd;

/// <summary>Divides work into numbered blocks, which the threads take one by one.</summary>
internal sealed class Blocks
{
    private readonly int count;
    private int next = -1;

    private Blocks(int count) => this.count = count;

    /// <summary>Runs the work on as many threads as libtorch uses on the calling thread, and at most one per block.</summary>
    /// <param name="count">Number of blocks.</param>
    /// <param name="work">Runs once on each thread and takes blocks until none is left.</param>
    public static void Run(int count, Action<Blocks> work)
    {
        var blocks = new Blocks(count);
        int threads = Math.Min(get_num_threads(), count);
        if (threads <= 1)
        {
            work(blocks);
            return;
        }

        Parallel.For(0, threads, _ => work(blocks));
    }

    /// <summary>Takes the next block.</summary>
    /// <returns>False if no block is left.</returns>
    public bool Take(out int block)
    {
        block = Interlocked.Increment(ref next);
        return block < count;
    }
}

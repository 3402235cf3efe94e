using static TorchSharp.torch;

namespace Mdf.Models.Simd;

/// <summary>Blocks of a piece of work, of which each thread takes one after another.</summary>
internal sealed class Blocks
{
    private readonly int count;
    private int next = -1;

    private Blocks(int count) => this.count = count;

    /// <summary>Does the work with as many threads as libtorch has here.</summary>
    /// <param name="count">The blocks.</param>
    /// <param name="work">What each thread does: takes blocks until there is none.</param>
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
    /// <returns>Whether there was one.</returns>
    public bool Take(out int block)
    {
        block = Interlocked.Increment(ref next);
        return block < count;
    }
}

using System.Runtime.InteropServices;

namespace Mdf;

/// <summary>How the C library of the process deals with the memory of tensors on the CPU.</summary>
public static class TensorMemory
{
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MapThreshold = -3;
    private const int MostArenas = -8;

    // The most that glibc takes: blocks up to here come from its heap.
    private const int LargestBlock = 32 << 20;
    private const int LargestRest = 1 << 30;

    // A heap of a thread is of this size, and given back when it is empty unless more than it is asked for as a reserve. Reserves are addresses
    // only: memory is what was written to.
    private const int ThreadHeap = 64 << 20;

    /// <summary>
    /// Tells glibc, for this process, to keep the memory that tensors gave back and to hand it out again, instead of returning it to the
    /// system and having it faulted in anew at the next step; to make no more heaps for threads; and to keep those that the runtime's threads
    /// had made before, which later threads take over. Training steps are faster by it, and the peak of memory stays flat. Call it once, first
    /// of all. It is what the environment variables <c>MALLOC_MMAP_THRESHOLD_=33554432</c>, <c>MALLOC_TRIM_THRESHOLD_=1073741824</c>,
    /// <c>MALLOC_TOP_PAD_=67108864</c> and <c>MALLOC_ARENA_MAX=1</c> do for a process that is yet to start; those that are set have precedence.
    /// </summary>
    /// <returns>Whether it was done; false where the C library is not glibc (Windows, macOS, musl).</returns>
    public static bool KeepFreedBlocks()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            return Set("MALLOC_MMAP_THRESHOLD_", MapThreshold, LargestBlock)
                && Set("MALLOC_TRIM_THRESHOLD_", TrimThreshold, LargestRest)
                && Set("MALLOC_TOP_PAD_", TopPad, ThreadHeap)
                && Set("MALLOC_ARENA_MAX", MostArenas, 1);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    private static bool Set(string variable, int option, int value) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } || SetOption(option, value) != 0;

    [DllImport("libc.so.6", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetOption(int option, int value);
}

using System.Runtime.InteropServices;

namespace Mdf.TorchCompatibility;

/// <summary>Controls how the C library keeps and reuses the memory of CPU tensors.</summary>
public static class TensorMemory
{
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MapThreshold = -3;
    private const int MostArenas = -8;

    // glibc's upper limit: blocks up to this size come from its heap.
    private const int LargestBlock = 32 << 20;
    private const int LargestRest = 1 << 30;

    // A thread's heap has this size. glibc returns an empty one unless the reserve (top pad) is at least as large. A reserve takes
    // addresses only;
    // memory is used once it is written to.
    private const int ThreadHeap = 64 << 20;

    /// <summary>Makes glibc keep freed tensor memory and reuse it, which speeds up training steps and keeps peak memory flat.</summary>
    /// <remarks>
    /// By default glibc returns large blocks to the system, and each training step faults them in anew (2 to 10 times slower steps). Call
    /// this
    /// once, before any tensor is made. It also limits the number of heaps for threads. It does what the environment variables
    /// <c>MALLOC_MMAP_THRESHOLD_=33554432</c>, <c>MALLOC_TRIM_THRESHOLD_=1073741824</c>, <c>MALLOC_TOP_PAD_=67108864</c> and
    /// <c>MALLOC_ARENA_MAX=1</c> do from outside; variables that are set take precedence.
    /// </remarks>
    /// <returns>Whether the settings took effect; false where the C library is not glibc (Windows, macOS, musl).</returns>
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

    private static bool Set(string variable, int option, int value) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } || SetOption(option, value) != 0;

    [DllImport("libc.so.6", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetOption(int option, int value);
}

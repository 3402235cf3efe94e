using System.Globalization;
using System.Runtime.InteropServices;
using Mdf.TorchCompatibility;

namespace Mdf.Core.Tests.TorchCompatibility;

public sealed class TensorMemoryTests
{
    private const int Block = 4 << 20;
    private const int Blocks = 48;

    private static bool HasGlibc { get; } =
        OperatingSystem.IsLinux()
        && NativeLibrary.TryLoad("libc.so.6", out nint library)
        && NativeLibrary.TryGetExport(library, "gnu_get_libc_version", out _);

    [Fact]
    public void KeepFreedBlocks_Anywhere_IsDoneWhereThereIsGlibc() => Assert.Equal(HasGlibc, TensorMemory.KeepFreedBlocks());

    // Threads that start after the call reuse heaps that other threads created before it. Blocks freed in such heaps must be kept too.
    [Fact]
    public void KeepFreedBlocks_InAnyThread_SparesFaultingPagesAgain()
    {
        Assert.SkipUnless(HasGlibc, "the C library is not glibc");
        TensorMemory.KeepFreedBlocks();
        const int Count = 8;
        var faults = new long[Count];
        using var all = new Barrier(Count);
        Lock one = new();
        Thread[] threads = [.. Enumerable.Range(0, Count).Select(i => new Thread(() =>
        {
            lock (one)
            {
                faults[i] = FaultsOfUseAgain();
            }

            all.SignalAndWait();
        }))];
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        long pages = (long)Block * Blocks / Environment.SystemPageSize;
        Assert.All(faults, f => Assert.InRange(f, 0, pages / 4));
    }

    private static long FaultsOfUseAgain()
    {
        Use();
        long before = PageFaults();
        Use();
        return PageFaults() - before;
    }

    private static void Use()
    {
        nint[] blocks = [.. Enumerable.Range(0, Blocks).Select(_ => Marshal.AllocHGlobal(Block))];
        foreach (nint block in blocks)
        {
            for (int at = 0; at < Block; at += Environment.SystemPageSize)
            {
                Marshal.WriteByte(block, at, 1);
            }
        }

        Array.ForEach(blocks, Marshal.FreeHGlobal);
    }

    // Returns the number of minor page faults (without disk access) of this thread.
    private static long PageFaults() =>
        long.Parse(File.ReadAllText("/proc/thread-self/stat").Split(')')[^1].Split(' ')[8], CultureInfo.InvariantCulture);
}

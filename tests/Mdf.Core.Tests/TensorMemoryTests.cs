using System.Runtime.InteropServices;

namespace Mdf.Tests;

public sealed class TensorMemoryTests
{
    [Fact]
    public void KeepFreedBlocks_Anywhere_IsDoneWhereThereIsGlibc()
    {
        bool hasGlibc = OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out nint library) && NativeLibrary.TryGetExport(library, "gnu_get_libc_version", out _);
        Assert.Equal(hasGlibc, TensorMemory.KeepFreedBlocks());
    }
}

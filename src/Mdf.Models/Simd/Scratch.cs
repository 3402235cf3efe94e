using System.Buffers;
using System.Runtime.InteropServices;

namespace Mdf.Models.Simd;

/// <summary>Temporary memory from the array pool, aligned to 64 bytes and not initialised.</summary>
internal readonly unsafe struct Scratch : IDisposable
{
    private const int Alignment = 64;

    private readonly float[] array;
    private readonly GCHandle handle;

    /// <summary>Rents memory for a number of float32 values.</summary>
    public Scratch(long length)
    {
        array = ArrayPool<float>.Shared.Rent(checked((int)(length + (Alignment / sizeof(float)))));
        handle = GCHandle.Alloc(array, GCHandleType.Pinned);
        Start = (float*)((handle.AddrOfPinnedObject() + Alignment - 1) & -Alignment);
    }

    public float* Start { get; }

    public void Dispose()
    {
        handle.Free();
        ArrayPool<float>.Shared.Return(array);
    }
}

using System.Buffers;
using System.Runtime.InteropServices;

namespace Mdf.Models.Simd;

/// <summary>Memory that is borrowed for a while, aligned as vectors are. It holds anything at first.</summary>
internal readonly unsafe ref struct Scratch
{
    private const int Alignment = 64;

    private readonly float[] array;
    private readonly GCHandle handle;

    /// <summary>Borrows memory for so many values.</summary>
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

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>The epilogue that stores the outputs as they are.</summary>
/// <param name="target">Start of the output map, contiguous.</param>
internal readonly unsafe struct PlainStore(float* target) : IEpilogue
{
    private readonly float* target = target;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Lanes outputs, long offset, int row, int column, int channel) => outputs.Store(target + offset);
}

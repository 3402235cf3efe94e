using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mdf.Models.Simd;

/// <summary>Normalises a map and applies LeakyReLU.</summary>
/// <param name="values">The map.</param>
/// <param name="target">Start of the result.</param>
internal readonly unsafe struct NormalizedActivation(NormalizedValues values, float* target) : IMapOperation
{
    private readonly NormalizedValues values = values;
    private readonly float* target = target;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run(long offset, int channel) =>
        values.Activated(values.Centered(offset, channel), channel).Store(target + offset);
}

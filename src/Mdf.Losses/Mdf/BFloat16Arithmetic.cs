using System.Runtime.Intrinsics.X86;

namespace Mdf.Losses;

/// <summary>What the processor has for bfloat16. Where it has nothing, libtorch's convolutions in bfloat16 take several times as long as in float32.</summary>
internal static class BFloat16Arithmetic
{
    /// <summary>Whether it has a matrix unit (AMX), in which bfloat16 outruns everything else.</summary>
    public static bool HasMatrixUnit { get; } = (Features(subLeaf: 0).Edx & (1 << 22)) != 0;

    /// <summary>Whether it has instructions for it; of other than x86 processors it is taken that they have.</summary>
    public static bool IsSupported { get; } = !X86Base.IsSupported || HasMatrixUnit || (Features(subLeaf: 1).Eax & (1 << 5)) != 0;

    private static (int Eax, int Ebx, int Ecx, int Edx) Features(int subLeaf) =>
        X86Base.IsSupported && X86Base.CpuId(0, 0).Eax >= 7 ? X86Base.CpuId(7, subLeaf) : default;
}

using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace Mdf.TorchCompatibility;

/// <summary>Tells where bfloat16 convolutions are supported by the processor, and where libtorch's gradients of them are right.</summary>
/// <remarks>
/// Without bfloat16 instructions, libtorch's bfloat16 convolutions take several times as long as float32 ones. On some CPUs with AVX-512,
/// libtorch 2.10's gradients of bfloat16 convolutions are wrong.
/// </remarks>
internal static class BFloat16Support
{
    /// <summary>Whether the processor has a matrix unit (AMX), with which bfloat16 outruns every other type.</summary>
    public static bool HasMatrixUnit { get; } = (Features(subLeaf: 0).Edx & (1 << 22)) != 0;

    /// <summary>Whether the processor has bfloat16 instructions; assumed on processors other than x86.</summary>
    public static bool IsSupported { get; } = !X86Base.IsSupported || HasMatrixUnit || (Features(subLeaf: 1).Eax & (1 << 5)) != 0;

    /// <summary>Returns the type in which autograd's convolution gradients are right: float32 instead of bfloat16 on the CPU.</summary>
    public static ScalarType ForGradients(ScalarType precision, DeviceType device) =>
        precision == ScalarType.BFloat16 && device == DeviceType.CPU ? ScalarType.Float32 : precision;

    private static (int Eax, int Ebx, int Ecx, int Edx) Features(int subLeaf) =>
        X86Base.IsSupported && X86Base.CpuId(0, 0).Eax >= 7 ? X86Base.CpuId(7, subLeaf) : default;
}

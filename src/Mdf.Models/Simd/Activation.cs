using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>The epilogue of the forward pass: adds the bias and applies LeakyReLU.</summary>
/// <param name="target">Start of the output map, contiguous.</param>
/// <param name="bias">One value per channel.</param>
/// <param name="slope">LeakyReLU's negative slope.</param>
internal readonly unsafe struct Activation(float* target, float* bias, float slope) : IEpilogue
{
    private readonly float* target = target;
    private readonly float* bias = bias;
    private readonly float slope = slope;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Lanes outputs, long offset, int row, int column, int channel)
    {
        Lanes x = outputs + Vector512.Load(bias + channel);
        Vector512.MaxNative(x, x * slope).Store(target + offset);
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>The way forward: bias and LeakyReLU.</summary>
/// <param name="target">Where the outputs go, without gaps.</param>
/// <param name="bias">Of each channel.</param>
/// <param name="slope">Of LeakyReLU below zero.</param>
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

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>The epilogue of a restoration network's convolution: adds the bias and applies an activation with any negative slope.</summary>
/// <param name="target">Start of the output map, contiguous.</param>
/// <param name="bias">One value per channel.</param>
/// <param name="slope">Factor of negative values; 1 for no activation.</param>
internal readonly unsafe struct BiasAndActivation(float* target, float* bias, float slope) : IEpilogue
{
    private readonly float* target = target;
    private readonly float* bias = bias;
    private readonly float slope = slope;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Lanes outputs, long offset, int row, int column, int channel)
    {
        Activated(outputs + Vector512.Load(bias + channel), slope).Store(target + offset);
    }

    /// <summary>Applies an activation with any negative slope.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Activated(Lanes x, float slope) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(x, Lanes.Zero), x, x * slope);
}

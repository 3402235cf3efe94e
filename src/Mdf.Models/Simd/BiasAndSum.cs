using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>The epilogue of a residual block's last convolution: adds the bias, multiplies by a factor and adds an earlier map.</summary>
/// <param name="target">Start of the output map, contiguous.</param>
/// <param name="bias">One value per channel.</param>
/// <param name="earlier">Start of the earlier map, which has the same rows.</param>
/// <param name="factor">Factor of the convolution's output.</param>
internal readonly unsafe struct BiasAndSum(float* target, float* bias, FeatureMap earlier, float factor) : IEpilogue
{
    private readonly float* target = target;
    private readonly float* bias = bias;
    private readonly FeatureMap earlier = earlier;
    private readonly float factor = factor;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Lanes outputs, long offset, int row, int column, int channel)
    {
        Lanes x = outputs + Vector512.Load(bias + channel);
        Lanes sum = Vector512.FusedMultiplyAdd(x, Vector512.Create(factor), Vector512.Load(earlier.At(row, column) + channel));
        sum.Store(target + offset);
    }
}

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
        Lanes x = outputs + Vector512.Load(bias + channel);
        Vector512.ConditionalSelect(Vector512.GreaterThan(x, Lanes.Zero), x, x * slope).Store(target + offset);
    }
}

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

/// <summary>
/// The epilogue of an upscaling convolution: adds the bias, applies an activation and shuffles pixels. The convolution's output channels
/// must be ordered by position in the enlarged pixel first, (row, column, channel).
/// </summary>
/// <param name="target">The enlarged output map, contiguous.</param>
/// <param name="bias">One value per output channel of the convolution.</param>
/// <param name="slope">Factor of negative values; 1 for no activation.</param>
/// <param name="factor">Factor of the sides.</param>
internal readonly unsafe struct BiasAndShuffle(FeatureMap target, float* bias, float slope, int factor) : IEpilogue
{
    private readonly FeatureMap target = target;
    private readonly float* bias = bias;
    private readonly float slope = slope;
    private readonly int factor = factor;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Lanes outputs, long offset, int row, int column, int channel)
    {
        Lanes x = outputs + Vector512.Load(bias + channel);
        (int place, int kept) = Math.DivRem(channel, target.Channels);
        (int down, int right) = Math.DivRem(place, factor);
        Lanes y = Vector512.ConditionalSelect(Vector512.GreaterThan(x, Lanes.Zero), x, x * slope);
        y.Store(target.At((row * factor) + down, (column * factor) + right) + kept);
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

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
        BiasAndActivation.Activated(x, slope).Store(target.At((row * factor) + down, (column * factor) + right) + kept);
    }
}

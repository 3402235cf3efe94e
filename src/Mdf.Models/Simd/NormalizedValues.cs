using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>The values of a map and what normalisation and LeakyReLU make of them.</summary>
/// <param name="map">Start of the map, contiguous.</param>
/// <param name="constants">Mean, factor and shift of each channel, one row each.</param>
/// <param name="channels">Number of channels.</param>
/// <param name="slope">LeakyReLU's negative slope.</param>
internal readonly unsafe struct NormalizedValues(float* map, float* constants, int channels, float slope)
{
    private readonly float* map = map;
    private readonly float* mean = constants;
    private readonly float* factor = constants + channels;
    private readonly float* shift = constants + (2 * channels);
    private readonly float slope = slope;

    /// <summary>Returns the differences from the mean.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes Centered(long offset, int channel) => Vector512.Load(map + offset) - Vector512.Load(mean + channel);

    /// <summary>Returns LeakyReLU's inputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes Scaled(Lanes centered, int channel) =>
        Vector512.FusedMultiplyAdd(centered, Vector512.Load(factor + channel), Vector512.Load(shift + channel));

    /// <summary>Multiplies by LeakyReLU's derivative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes Sloped(Lanes x, Lanes centered, int channel) => Sloped(x, Scaled(centered, channel));

    /// <summary>Applies LeakyReLU.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes Activated(Lanes centered, int channel)
    {
        Lanes scaled = Scaled(centered, channel);
        return Sloped(scaled, scaled);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes Sloped(Lanes x, Lanes scaled) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(scaled, Lanes.Zero), x, x * slope);
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>Takes a tangent from the map before normalisation to LeakyReLU's outputs.</summary>
/// <param name="values">The map.</param>
/// <param name="tangent">Start of the map's tangent.</param>
/// <param name="factors">
/// Factors of the tangent and of the differences from the mean, and an addend, for each channel, one row each.
/// </param>
/// <param name="channels">Number of channels.</param>
/// <param name="target">Start of the result.</param>
internal readonly unsafe struct NormalizedTangent(
    NormalizedValues values, float* tangent, float* factors, int channels, float* target) : IMapOperation
{
    private readonly NormalizedValues values = values;
    private readonly float* tangent = tangent;
    private readonly float* ofTangent = factors;
    private readonly float* ofCentered = factors + channels;
    private readonly float* addend = factors + (2 * channels);
    private readonly float* target = target;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run(long offset, int channel)
    {
        Lanes centered = values.Centered(offset, channel);
        Lanes rest = Vector512.FusedMultiplyAdd(centered, Vector512.Load(ofCentered + channel), Vector512.Load(addend + channel));
        Lanes normalized = Vector512.FusedMultiplyAdd(
            Vector512.Load(tangent + offset), Vector512.Load(ofTangent + channel), rest);
        values.Sloped(normalized, centered, channel).Store(target + offset);
    }
}

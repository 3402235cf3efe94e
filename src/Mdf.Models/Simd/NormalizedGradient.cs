using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>Takes a gradient from LeakyReLU's outputs to the map before normalisation.</summary>
/// <param name="values">The map.</param>
/// <param name="gradient">Start of the gradient of LeakyReLU's outputs.</param>
/// <param name="factors">
/// Factors of the gradient and of the differences from the mean, and an addend, for each channel, one row each.
/// </param>
/// <param name="channels">Number of channels.</param>
/// <param name="target">Start of the result, which may be that of the gradient.</param>
internal readonly unsafe struct NormalizedGradient(
    NormalizedValues values, float* gradient, float* factors, int channels, float* target) : IMapOperation
{
    private readonly NormalizedValues values = values;
    private readonly float* gradient = gradient;
    private readonly float* ofGradient = factors;
    private readonly float* ofCentered = factors + channels;
    private readonly float* addend = factors + (2 * channels);
    private readonly float* target = target;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run(long offset, int channel)
    {
        Lanes centered = values.Centered(offset, channel);
        Lanes sloped = values.Sloped(Vector512.Load(gradient + offset), centered, channel);
        Lanes rest = Vector512.FusedMultiplyAdd(centered, Vector512.Load(ofCentered + channel), Vector512.Load(addend + channel));
        Vector512.FusedMultiplyAdd(sloped, Vector512.Load(ofGradient + channel), rest).Store(target + offset);
    }
}

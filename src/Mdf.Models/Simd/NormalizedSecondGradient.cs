using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>
/// Computes the gradient of a directional derivative with respect to the map before normalisation, as a sum of maps with a factor for each
/// channel.
/// </summary>
/// <param name="values">The map.</param>
/// <param name="gradient">
/// Start of the directional derivative's gradient with respect to LeakyReLU's outputs; null for zero.
/// </param>
/// <param name="first">Start of the gradient of LeakyReLU's outputs.</param>
/// <param name="tangent">Start of the map's tangent.</param>
/// <param name="factors">
/// Factors of gradient, first gradient, tangent and differences from the mean, and an addend, for each channel, one row each.
/// </param>
/// <param name="channels">Number of channels.</param>
/// <param name="target">Start of the result, which may be that of the gradient.</param>
internal readonly unsafe struct NormalizedSecondGradient(
    NormalizedValues values, float* gradient, float* first, float* tangent, float* factors, int channels, float* target)
    : IMapOperation
{
    private readonly NormalizedValues values = values;
    private readonly float* gradient = gradient;
    private readonly float* first = first;
    private readonly float* tangent = tangent;
    private readonly float* ofGradient = factors;
    private readonly float* ofFirst = factors + channels;
    private readonly float* ofTangent = factors + (2 * channels);
    private readonly float* ofCentered = factors + (3 * channels);
    private readonly float* addend = factors + (4 * channels);
    private readonly float* target = target;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run(long offset, int channel)
    {
        Lanes centered = values.Centered(offset, channel);
        Lanes rest = Vector512.FusedMultiplyAdd(centered, Vector512.Load(ofCentered + channel), Vector512.Load(addend + channel));
        rest = Vector512.FusedMultiplyAdd(Vector512.Load(tangent + offset), Vector512.Load(ofTangent + channel), rest);
        Lanes gradients = Vector512.Load(first + offset) * Vector512.Load(ofFirst + channel);
        if (gradient != null)
        {
            gradients = Vector512.FusedMultiplyAdd(
                Vector512.Load(gradient + offset), Vector512.Load(ofGradient + channel), gradients);
        }

        (values.Sloped(gradients, centered, channel) + rest).Store(target + offset);
    }
}

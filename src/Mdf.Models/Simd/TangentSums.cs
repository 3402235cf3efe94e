using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>Tangents of a map, these times the differences from the mean, and these times the gradients of LeakyReLU's inputs.</summary>
/// <param name="values">The map.</param>
/// <param name="tangent">Start of the map's tangent.</param>
/// <param name="gradient">Start of the gradient of LeakyReLU's outputs.</param>
internal readonly unsafe struct TangentSums(NormalizedValues values, float* tangent, float* gradient) : IMapSums
{
    private readonly NormalizedValues values = values;
    private readonly float* tangent = tangent;
    private readonly float* gradient = gradient;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (Lanes First, Lanes Second, Lanes Third) At(long offset, int channel)
    {
        Lanes centered = values.Centered(offset, channel), along = Vector512.Load(tangent + offset);
        Lanes sloped = values.Sloped(Vector512.Load(gradient + offset), centered, channel);
        return (along, along * centered, along * sloped);
    }
}

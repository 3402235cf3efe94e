using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>Gradients of LeakyReLU's inputs, and these times the differences from the mean.</summary>
/// <param name="values">The map.</param>
/// <param name="gradient">Start of the gradient of LeakyReLU's outputs.</param>
internal readonly unsafe struct GradientSums(NormalizedValues values, float* gradient) : IMapSums
{
    private readonly NormalizedValues values = values;
    private readonly float* gradient = gradient;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (Lanes First, Lanes Second, Lanes Third) At(long offset, int channel)
    {
        Lanes centered = values.Centered(offset, channel);
        Lanes sloped = values.Sloped(Vector512.Load(gradient + offset), centered, channel);
        return (sloped, sloped * centered, Lanes.Zero);
    }
}

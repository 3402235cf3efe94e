using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>The epilogue of a convolution with ReLU: adds the bias, and keeps the outputs' signs for the way back.</summary>
/// <param name="target">Start of the output map, contiguous.</param>
/// <param name="bias">One value per channel.</param>
/// <param name="signs">Receives one bit a value, 1 for a positive one; null for none.</param>
internal readonly unsafe struct Rectifier(float* target, float* bias, ushort* signs) : IEpilogue
{
    private readonly float* target = target;
    private readonly float* bias = bias;
    private readonly ushort* signs = signs;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Lanes outputs, long offset, int row, int column, int channel)
    {
        // NaN is not below zero and stays.
        Lanes x = outputs + Vector512.Load(bias + channel);
        Vector512.ConditionalSelect(Vector512.LessThan(x, Lanes.Zero), Lanes.Zero, x).Store(target + offset);
        if (signs != null)
        {
            signs[offset / MatrixProduct.Lane] = (ushort)Vector512.GreaterThan(x, Lanes.Zero).ExtractMostSignificantBits();
        }
    }
}

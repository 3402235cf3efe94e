using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using HalfLanes = System.Runtime.Intrinsics.Vector256<float>;

namespace Mdf.Models.Simd;

/// <summary>Sums of 16 columns of a product's row, in two AVX2 registers.</summary>
internal readonly unsafe struct HalfPair(HalfLanes first, HalfLanes second)
{
    private const int HalfLane = MatrixProduct.Lane / 2;

    private readonly HalfLanes first = first;
    private readonly HalfLanes second = second;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public HalfPair Plus(float x, HalfLanes w, HalfLanes v)
    {
        HalfLanes all = Vector256.Create(x);
        return new HalfPair(Vector256.FusedMultiplyAdd(all, w, first), Vector256.FusedMultiplyAdd(all, v, second));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to)
    {
        first.Store(to);
        second.Store(to + HalfLane);
    }

    /// <summary>Stores the sums, or adds them to what is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to, bool adds) =>
        (adds ? new HalfPair(Vector256.Load(to) + first, Vector256.Load(to + HalfLane) + second) : this).Store(to);
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using HalfLanes = System.Runtime.Intrinsics.Vector256<float>;

namespace Mdf.Models.Simd;

/// <summary>Sums of 16 columns of a product's row, in two AVX2 registers.</summary>
/// <remarks>Sums are changed in place, because the compiler would copy the registers of a new value.</remarks>
internal unsafe struct HalfPair(HalfLanes first, HalfLanes second)
{
    private const int HalfLane = MatrixProduct.Lane / 2;

    private HalfLanes first = first;
    private HalfLanes second = second;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(float x, HalfLanes w, HalfLanes v)
    {
        HalfLanes all = Vector256.Create(x);
        first = Vector256.FusedMultiplyAdd(all, w, first);
        second = Vector256.FusedMultiplyAdd(all, v, second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* to)
    {
        first.Store(to);
        second.Store(to + HalfLane);
    }

    /// <summary>Stores the sums, or adds them to what is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* to, bool adds) =>
        (adds ? new HalfPair(Vector256.Load(to) + first, Vector256.Load(to + HalfLane) + second) : this).Store(to);
}

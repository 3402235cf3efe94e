using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>
/// Sums of 32 columns of a product's row, in two AVX-512 registers. <see cref="Vector512"/>'s methods follow .NET's policy and may use half
/// registers; <see cref="Avx512F"/>'s never do.
/// </summary>
/// <remarks>Sums are changed in place, because the compiler would copy the registers of a new value.</remarks>
internal unsafe struct Pair(Lanes first, Lanes second)
{
    private const int Lane = MatrixProduct.Lane;

    private Lanes first = first;
    private Lanes second = second;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Load(float* from) => Avx512F.IsSupported ? Avx512F.LoadVector512(from) : Vector512.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(float x, Lanes w, Lanes v)
    {
        if (Avx512F.IsSupported)
        {
            Lanes all = Avx512F.BroadcastScalarToVector512(Vector128.CreateScalarUnsafe(x));
            first = Avx512F.FusedMultiplyAdd(all, w, first);
            second = Avx512F.FusedMultiplyAdd(all, v, second);
        }
        else
        {
            Lanes all = Vector512.Create(x);
            first = Vector512.FusedMultiplyAdd(all, w, first);
            second = Vector512.FusedMultiplyAdd(all, v, second);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* to)
    {
        if (Avx512F.IsSupported)
        {
            Avx512F.Store(to, first);
            Avx512F.Store(to + Lane, second);
        }
        else
        {
            first.Store(to);
            second.Store(to + Lane);
        }
    }

    /// <summary>Stores the sums, or adds them to what is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* to, bool adds) =>
        (adds ? new Pair(Load(to) + first, Load(to + Lane) + second) : this).Store(to);
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>
/// Sums of 32 columns of a product's row, in two AVX-512 registers. <see cref="Vector512"/>'s methods follow .NET's policy and may use half
/// registers; <see cref="Avx512F"/>'s never do.
/// </summary>
internal readonly unsafe struct Pair(Lanes first, Lanes second)
{
    private const int Lane = MatrixProduct.Lane;

    private readonly Lanes first = first;
    private readonly Lanes second = second;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes Load(float* from) => Avx512F.IsSupported ? Avx512F.LoadVector512(from) : Vector512.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Pair Plus(float x, Lanes w, Lanes v)
    {
        if (Avx512F.IsSupported)
        {
            Lanes all = Avx512F.BroadcastScalarToVector512(Vector128.CreateScalarUnsafe(x));
            return new Pair(Avx512F.FusedMultiplyAdd(all, w, first), Avx512F.FusedMultiplyAdd(all, v, second));
        }

        Lanes same = Vector512.Create(x);
        return new Pair(Vector512.FusedMultiplyAdd(same, w, first), Vector512.FusedMultiplyAdd(same, v, second));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to)
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
    public void Store(float* to, bool adds) =>
        (adds ? new Pair(Load(to) + first, Load(to + Lane) + second) : this).Store(to);
}

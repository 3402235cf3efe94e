using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mdf.Models.Simd;

/// <summary>A register of float32 values, for kernels that are written once for both widths.</summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
internal unsafe interface IVector<TSelf>
    where TSelf : struct, IVector<TSelf>
{
    /// <summary>Number of values.</summary>
    static abstract int Count { get; }

    /// <summary>Reads values.</summary>
    static abstract TSelf Load(float* from);

    /// <summary>Adds the products of two registers in place; the compiler would copy a register that is returned.</summary>
    static abstract void Add(ref TSelf sum, TSelf x, TSelf y);

    /// <summary>Returns the sum of the values.</summary>
    static abstract float Sum(TSelf x);
}

/// <summary>Eight values, one register of AVX2.</summary>
internal readonly unsafe struct NarrowVector(Vector256<float> values) : IVector<NarrowVector>
{
    private readonly Vector256<float> values = values;

    public static int Count => Vector256<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NarrowVector Load(float* from) => new(Vector256.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(ref NarrowVector sum, NarrowVector x, NarrowVector y) =>
        sum = new NarrowVector(Vector256.FusedMultiplyAdd(x.values, y.values, sum.values));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(NarrowVector x) => Vector256.Sum(x.values);
}

/// <summary>Sixteen values, one register of AVX-512.</summary>
internal readonly unsafe struct WideVector(Vector512<float> values) : IVector<WideVector>
{
    private readonly Vector512<float> values = values;

    public static int Count => Vector512<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WideVector Load(float* from) => new(Vector512.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(ref WideVector sum, WideVector x, WideVector y) =>
        sum = new WideVector(Vector512.FusedMultiplyAdd(x.values, y.values, sum.values));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(WideVector x) => Vector512.Sum(x.values);
}

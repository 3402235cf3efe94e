using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;
using HalfLanes = System.Runtime.Intrinsics.Vector256<float>;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>
/// Multiplies a row-major float32 matrix by one in panels, with register blocking, for <see cref="WinogradConvolution"/> and
/// <see cref="PatchConvolution"/>.
/// </summary>
internal static unsafe class MatrixProduct
{
    /// <summary>The left matrix's row count must be a multiple of this.</summary>
    public const int Rows = 12;

    /// <summary>The right matrix's column count must be a multiple of this.</summary>
    public const int Columns = 32;

    /// <summary>Number of float32 values in a vector: one register with AVX-512, two registers with AVX2.</summary>
    public const int Lane = 16;

    /// <summary>
    /// Compilation flags of methods with hot loops: fully optimised at once and never inlined. Tiered compilation would inline the methods
    /// into their callers, where they run about 20% slower.
    /// </summary>
    public const MethodImplOptions Kernel = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    private const int HalfLane = Lane / 2;

    /// <summary>Rounds a row count up to a multiple of <see cref="Rows"/>.</summary>
    public static int RoundedUp(int rows) => (rows + Rows - 1) / Rows * Rows;

    /// <summary>
    /// Divides matrices into panels of <see cref="Lane"/> columns that lie one after the other, each of them row by row. A product then
    /// reads its right matrix from end to end.
    /// </summary>
    /// <param name="matrices">(matrices, inner, columns); columns must be a multiple of <see cref="Lane"/>.</param>
    /// <returns>(matrices, panels, inner, <see cref="Lane"/>), float32 and contiguous.</returns>
    public static Tensor Panels(Tensor matrices) =>
        matrices.to(ScalarType.Float32).unflatten(2, matrices.shape[2] / Lane, Lane).transpose(1, 2).contiguous();

    /// <summary>Multiplies a (rows, inner) matrix by an (inner, columns) matrix.</summary>
    /// <param name="left">The left matrix, contiguous.</param>
    /// <param name="right">The right matrix as <see cref="Panels"/> arranges it.</param>
    /// <param name="product">The product, contiguous.</param>
    /// <param name="rows">Number of rows, a multiple of <see cref="Rows"/>.</param>
    /// <param name="inner">Number of columns of the left matrix.</param>
    /// <param name="columns">Number of columns of the product.</param>
    public static void Multiply(float* left, float* right, float* product, long rows, long inner, long columns) =>
        Multiply(left, right, product, rows, inner, columns, KernelChoice.Current.Bits == 512);

    /// <summary>Multiplies by the kernel for 512 or for 256 bits.</summary>
    /// <inheritdoc cref="Multiply(float*, float*, float*, long, long, long)"/>
    public static void Multiply(float* left, float* right, float* product, long rows, long inner, long columns, bool is512)
    {
        if (is512)
        {
            MultiplyBy512(left, right, product, rows, inner, columns);
        }
        else
        {
            MultiplyBy256(left, right, product, rows, inner, columns);
        }
    }

    // Register blocking: the sums of 12 rows and 32 columns take 24 of the 32 registers of AVX-512. Each step loads two registers of the
    // right matrix for 24 fused multiply-adds.
    [MethodImpl(Kernel)]
    private static void MultiplyBy512(float* left, float* right, float* product, long rows, long inner, long columns)
    {
        for (long column = 0; column < columns; column += 2 * Lane)
        {
            for (long row = 0; row < rows; row += Rows)
            {
                // Three row pointers with three shared offsets address 12 rows; one pointer with 11 offsets would need more general
                // registers than the processor has.
                float* x = left + (row * inner), y = x + (4 * inner), z = y + (4 * inner);
                float* w = right + (column * inner), v = w + (Lane * inner);
                long one = inner, two = 2 * one, three = 3 * one;
                Pair a = default, b = default, c = default, d = default, e = default, f = default;
                Pair g = default, h = default, i = default, j = default, k = default, l = default;
                for (float* end = x + inner; x < end; x++, y++, z++, w += Lane, v += Lane)
                {
                    Lanes first = Pair.Load(w), second = Pair.Load(v);
                    a.Add(x[0], first, second);
                    b.Add(x[one], first, second);
                    c.Add(x[two], first, second);
                    d.Add(x[three], first, second);
                    e.Add(y[0], first, second);
                    f.Add(y[one], first, second);
                    g.Add(y[two], first, second);
                    h.Add(y[three], first, second);
                    i.Add(z[0], first, second);
                    j.Add(z[one], first, second);
                    k.Add(z[two], first, second);
                    l.Add(z[three], first, second);
                }

                float* to = product + (row * columns) + column;
                a.Store(to);
                b.Store(to + columns);
                c.Store(to + (2 * columns));
                d.Store(to + (3 * columns));
                e.Store(to + (4 * columns));
                f.Store(to + (5 * columns));
                g.Store(to + (6 * columns));
                h.Store(to + (7 * columns));
                i.Store(to + (8 * columns));
                j.Store(to + (9 * columns));
                k.Store(to + (10 * columns));
                l.Store(to + (11 * columns));
            }
        }
    }

    // Register blocking: the sums of 6 rows and 16 columns take 12 of the 16 registers of AVX2.
    [MethodImpl(Kernel)]
    private static void MultiplyBy256(float* left, float* right, float* product, long rows, long inner, long columns)
    {
        for (long column = 0; column < columns; column += Lane)
        {
            for (long row = 0; row < rows; row += Rows / 2)
            {
                float* x = left + (row * inner), y = x + (3 * inner), w = right + (column * inner);
                long one = inner, two = 2 * one;
                HalfPair a = default, b = default, c = default, d = default, e = default, f = default;
                float* end = x + inner;
                for (float* four = x + (inner / 4 * 4); x < four; x += 4, y += 4, w += 4 * Lane)
                {
                    Step(x, y, w, one, two, ref a, ref b, ref c, ref d, ref e, ref f);
                    Step(x + 1, y + 1, w + Lane, one, two, ref a, ref b, ref c, ref d, ref e, ref f);
                    Step(x + 2, y + 2, w + (2 * Lane), one, two, ref a, ref b, ref c, ref d, ref e, ref f);
                    Step(x + 3, y + 3, w + (3 * Lane), one, two, ref a, ref b, ref c, ref d, ref e, ref f);
                }

                for (; x < end; x++, y++, w += Lane)
                {
                    Step(x, y, w, one, two, ref a, ref b, ref c, ref d, ref e, ref f);
                }

                float* to = product + (row * columns) + column;
                a.Store(to);
                b.Store(to + columns);
                c.Store(to + (2 * columns));
                d.Store(to + (3 * columns));
                e.Store(to + (4 * columns));
                f.Store(to + (5 * columns));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(
        float* x, float* y, float* w, long one, long two,
        ref HalfPair a, ref HalfPair b, ref HalfPair c, ref HalfPair d, ref HalfPair e, ref HalfPair f)
    {
        HalfLanes first = Vector256.Load(w), second = Vector256.Load(w + HalfLane);
        a.Add(x[0], first, second);
        b.Add(x[one], first, second);
        c.Add(x[two], first, second);
        d.Add(y[0], first, second);
        e.Add(y[one], first, second);
        f.Add(y[two], first, second);
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using HalfLanes = System.Runtime.Intrinsics.Vector256<float>;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>The product of two matrices of float32, by rows, with the sums in registers: what all the convolutions of this folder come down to.</summary>
internal static unsafe class MatrixProduct
{
    /// <summary>Of what the rows of the left matrix must be a multiple.</summary>
    public const int Rows = 12;

    /// <summary>Of what the columns of the right matrix must be a multiple.</summary>
    public const int Columns = 32;

    /// <summary>The values in a vector, of one register with AVX-512 and of two without.</summary>
    public const int Lane = 16;

    /// <summary>How methods with loops are compiled: at once, and as they are. Inlined into a caller by later tiers, they run a fifth slower.</summary>
    public const MethodImplOptions Kernel = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    private const int HalfLane = Lane / 2;

    /// <summary>The least multiple of <see cref="Rows"/> that is enough for so many.</summary>
    public static int RoundedUp(int rows) => (rows + Rows - 1) / Rows * Rows;

    /// <summary>Multiplies (rows, inner) by (inner, columns).</summary>
    public static void Multiply(float* left, float* right, float* product, long rows, long inner, long columns)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            MultiplyBy512(left, right, product, rows, inner, columns);
        }
        else
        {
            MultiplyBy256(left, right, product, rows, inner, columns);
        }
    }

    // Sums of 12 rows and 32 columns take 24 of 32 registers.
    [MethodImpl(Kernel)]
    private static void MultiplyBy512(float* left, float* right, float* product, long rows, long inner, long columns)
    {
        for (long row = 0; row < rows; row += Rows)
        {
            for (long column = 0; column < columns; column += 2 * Lane)
            {
                // Three pointers and three distances: what one pointer and eleven distances would be does not fit into the registers.
                float* x = left + (row * inner), y = x + (4 * inner), z = y + (4 * inner), w = right + column;
                long one = inner, two = 2 * one, three = 3 * one;
                Pair a = default, b = default, c = default, d = default, e = default, f = default;
                Pair g = default, h = default, i = default, j = default, k = default, l = default;
                for (float* end = x + inner; x < end; x++, y++, z++, w += columns)
                {
                    Lanes first = Vector512.Load(w), second = Vector512.Load(w + Lane);
                    a = a.Plus(x[0], first, second);
                    b = b.Plus(x[one], first, second);
                    c = c.Plus(x[two], first, second);
                    d = d.Plus(x[three], first, second);
                    e = e.Plus(y[0], first, second);
                    f = f.Plus(y[one], first, second);
                    g = g.Plus(y[two], first, second);
                    h = h.Plus(y[three], first, second);
                    i = i.Plus(z[0], first, second);
                    j = j.Plus(z[one], first, second);
                    k = k.Plus(z[two], first, second);
                    l = l.Plus(z[three], first, second);
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

    // Sums of 6 rows and 16 columns take 12 of 16 registers.
    [MethodImpl(Kernel)]
    private static void MultiplyBy256(float* left, float* right, float* product, long rows, long inner, long columns)
    {
        for (long row = 0; row < rows; row += Rows / 2)
        {
            for (long column = 0; column < columns; column += Lane)
            {
                float* x = left + (row * inner), y = x + (3 * inner), w = right + column;
                long one = inner, two = 2 * one;
                HalfPair a = default, b = default, c = default, d = default, e = default, f = default;
                for (float* end = x + inner; x < end; x++, y++, w += columns)
                {
                    HalfLanes first = Vector256.Load(w), second = Vector256.Load(w + HalfLane);
                    a = a.Plus(x[0], first, second);
                    b = b.Plus(x[one], first, second);
                    c = c.Plus(x[two], first, second);
                    d = d.Plus(y[0], first, second);
                    e = e.Plus(y[one], first, second);
                    f = f.Plus(y[two], first, second);
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

    // A row's sums of two registers.
    private readonly struct Pair(Lanes first, Lanes second)
    {
        private readonly Lanes first = first;
        private readonly Lanes second = second;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Pair Plus(float x, Lanes w, Lanes v)
        {
            Lanes all = Vector512.Create(x);
            return new Pair(Vector512.FusedMultiplyAdd(all, w, first), Vector512.FusedMultiplyAdd(all, v, second));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store(float* to)
        {
            first.Store(to);
            second.Store(to + Lane);
        }
    }

    // The same of half the width.
    private readonly struct HalfPair(HalfLanes first, HalfLanes second)
    {
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
    }
}

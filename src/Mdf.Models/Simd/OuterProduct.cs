using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using HalfLanes = System.Runtime.Intrinsics.Vector256<float>;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>
/// Multiplies the transpose of a float32 matrix by a matrix, both in panels, with register blocking, for
/// <see cref="WinogradWeightGradient"/>. Kernels for 512 and for 256 bits give the same to the last bit.
/// </summary>
internal static unsafe class OuterProduct
{
    private const int Lane = MatrixProduct.Lane, HalfLane = Lane / 2;

    // Number of rows whose panels' parts stay in the first-level cache: twice 8 KiB.
    private const int RowsAtOnce = 128;

    /// <summary>Multiplies the transpose of a (count, rows) matrix by a (count, columns) matrix.</summary>
    /// <param name="left">The left matrix in panels of 16 columns, each of them row by row.</param>
    /// <param name="right">The right matrix in such panels.</param>
    /// <param name="count">Number of rows of both.</param>
    /// <param name="panel">Number of values between the starts of two panels.</param>
    /// <param name="product">Receives the product (rows, columns), contiguous.</param>
    /// <param name="rows">Number of columns of the left matrix, a multiple of 16.</param>
    /// <param name="columns">Number of columns of the right matrix, a multiple of 32.</param>
    /// <param name="adds">Whether to add to the product's old values.</param>
    /// <param name="is512">Whether to use the kernel for 512 bits.</param>
    public static void Multiply(
        float* left, float* right, int count, long panel, float* product, int rows, int columns, bool adds, bool is512)
    {
        for (int done = 0; done < count; done += RowsAtOnce, left += RowsAtOnce * Lane, right += RowsAtOnce * Lane)
        {
            int now = Math.Min(RowsAtOnce, count - done);
            bool addsNow = adds || done > 0;
            for (int row = 0; row < rows; row += Lane)
            {
                float* x = left + (row / Lane * panel), end = x + (now * Lane);
                for (int column = 0; column < columns; column += is512 ? 2 * Lane : Lane)
                {
                    float* w = right + (column / Lane * panel), to = product + ((long)row * columns) + column;
                    if (is512)
                    {
                        Twelve(x, end, w, panel, to, columns, addsNow);
                        FourWide(x + 12, end, w, panel, to + (12 * columns), columns, addsNow);
                    }
                    else
                    {
                        Six(x, end, w, to, columns, addsNow);
                        Six(x + 6, end, w, to + (6 * columns), columns, addsNow);
                        Four(x + 12, end, w, to + (12 * columns), columns, addsNow);
                    }
                }
            }
        }
    }

    [MethodImpl(MatrixProduct.Kernel)]
    private static void Six(float* x, float* end, float* w, float* to, long columns, bool adds)
    {
        HalfPair a = default, b = default, c = default, d = default, e = default, f = default;
        for (; x < end; x += Lane, w += Lane)
        {
            HalfLanes first = Vector256.Load(w), second = Vector256.Load(w + HalfLane);
            a.Add(x[0], first, second);
            b.Add(x[1], first, second);
            c.Add(x[2], first, second);
            d.Add(x[3], first, second);
            e.Add(x[4], first, second);
            f.Add(x[5], first, second);
        }

        a.Store(to, adds);
        b.Store(to + columns, adds);
        c.Store(to + (2 * columns), adds);
        d.Store(to + (3 * columns), adds);
        e.Store(to + (4 * columns), adds);
        f.Store(to + (5 * columns), adds);
    }

    [MethodImpl(MatrixProduct.Kernel)]
    private static void Four(float* x, float* end, float* w, float* to, long columns, bool adds)
    {
        HalfPair a = default, b = default, c = default, d = default;
        for (; x < end; x += Lane, w += Lane)
        {
            HalfLanes first = Vector256.Load(w), second = Vector256.Load(w + HalfLane);
            a.Add(x[0], first, second);
            b.Add(x[1], first, second);
            c.Add(x[2], first, second);
            d.Add(x[3], first, second);
        }

        a.Store(to, adds);
        b.Store(to + columns, adds);
        c.Store(to + (2 * columns), adds);
        d.Store(to + (3 * columns), adds);
    }

    [MethodImpl(MatrixProduct.Kernel)]
    private static void Twelve(float* x, float* end, float* w, long panel, float* to, long columns, bool adds)
    {
        Pair a = default, b = default, c = default, d = default, e = default, f = default;
        Pair g = default, h = default, i = default, j = default, k = default, l = default;
        for (; x < end; x += Lane, w += Lane)
        {
            Lanes first = Pair.Load(w), second = Pair.Load(w + panel);
            a.Add(x[0], first, second);
            b.Add(x[1], first, second);
            c.Add(x[2], first, second);
            d.Add(x[3], first, second);
            e.Add(x[4], first, second);
            f.Add(x[5], first, second);
            g.Add(x[6], first, second);
            h.Add(x[7], first, second);
            i.Add(x[8], first, second);
            j.Add(x[9], first, second);
            k.Add(x[10], first, second);
            l.Add(x[11], first, second);
        }

        a.Store(to, adds);
        b.Store(to + columns, adds);
        c.Store(to + (2 * columns), adds);
        d.Store(to + (3 * columns), adds);
        e.Store(to + (4 * columns), adds);
        f.Store(to + (5 * columns), adds);
        g.Store(to + (6 * columns), adds);
        h.Store(to + (7 * columns), adds);
        i.Store(to + (8 * columns), adds);
        j.Store(to + (9 * columns), adds);
        k.Store(to + (10 * columns), adds);
        l.Store(to + (11 * columns), adds);
    }

    [MethodImpl(MatrixProduct.Kernel)]
    private static void FourWide(float* x, float* end, float* w, long panel, float* to, long columns, bool adds)
    {
        Pair a = default, b = default, c = default, d = default;
        for (; x < end; x += Lane, w += Lane)
        {
            Lanes first = Pair.Load(w), second = Pair.Load(w + panel);
            a.Add(x[0], first, second);
            b.Add(x[1], first, second);
            c.Add(x[2], first, second);
            d.Add(x[3], first, second);
        }

        a.Store(to, adds);
        b.Store(to + columns, adds);
        c.Store(to + (2 * columns), adds);
        d.Store(to + (3 * columns), adds);
    }
}

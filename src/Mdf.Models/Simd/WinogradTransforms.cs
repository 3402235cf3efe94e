using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>The transforms of <see cref="WinogradConvolution"/>, along one dimension each.</summary>
internal static unsafe class WinogradTransforms
{
    // The interpolation points are ±A and ±B. B is 1/A, so the product of their squares is 1 and drops out of the transforms.
    private const double A = 0.70710678118654752, B = 1 / A;

    // A kernel's values at ±A and ±B are divided by the product of the point's distances to the other finite points.
    private const float ShareA = (float)(1 / (2 * A * A * ((A * A) - (B * B)))), ShareB = (float)(1 / (2 * B * B * ((B * B) - (A * A))));

    /// <summary>Returns the transform of a kernel, (6, 3), float64: three taps to the values at six points.</summary>
    public static Tensor Taps()
    {
        double[] rows = [1, 0, 0, .. Row(A, B), .. Row(-A, B), .. Row(B, A), .. Row(-B, A), 0, 0, 1];
        return tensor(rows, ScalarType.Float64, CPU).reshape(6, 3);

        // The powers 1, p, p² of a point p, divided by the product of its distances to the other finite points.
        static double[] Row(double point, double other)
        {
            double distances = 2 * point * point * ((point * point) - (other * other));
            return [1 / distances, point / distances, point * point / distances];
        }
    }

    /// <summary>The one-dimensional input transform: six values in a row or column to the values at six points.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input(float* from, long step, float* to, long toStep)
    {
        const float Middle = (float)((A * A) + (B * B));
        Lanes a = Vector512.Load(from), b = Vector512.Load(from + step), c = Vector512.Load(from + (2 * step));
        float* second = from + (3 * step);
        Lanes d = Vector512.Load(second), e = Vector512.Load(second + step), f = Vector512.Load(second + (2 * step));
        Plus(a + e, c, -Middle).Store(to);
        float* next = to + (3 * toStep);
        Plus(b + f, d, -Middle).Store(next + (2 * toStep));
        Lanes even = Plus(e, c, (float)(-B * B)), odd = Plus(d, b, (float)(-B * B));
        Plus(even, odd, (float)A).Store(to + toStep);
        Plus(even, odd, (float)-A).Store(to + (2 * toStep));
        (even, odd) = (Plus(e, c, (float)(-A * A)), Plus(d, b, (float)(-A * A)));
        Plus(even, odd, (float)B).Store(next);
        Plus(even, odd, (float)-B).Store(next + toStep);
    }

    /// <summary>The one-dimensional output transform: the values at six points to four outputs in a row or column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Lanes First, Lanes Second, Lanes Third, Lanes Fourth) Output(float* from, long step)
    {
        float* second = from + (3 * step);
        Lanes a = Vector512.Load(from + step), b = Vector512.Load(from + (2 * step));
        Lanes c = Vector512.Load(second), d = Vector512.Load(second + step);
        Lanes sumA = a + b, differenceA = a - b, sumB = c + d, differenceB = c - d;
        return (
            Vector512.Load(from) + sumA + sumB,
            Plus(differenceA * (float)A, differenceB, (float)B),
            Plus(sumA * (float)(A * A), sumB, (float)(B * B)),
            Plus(Plus(Vector512.Load(second + (2 * step)), differenceA, (float)(A * A * A)), differenceB, (float)(B * B * B)));
    }

    /// <summary>The one-dimensional transform of a kernel: three taps in a row or column to the values at six points.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Kernel(float* from, long step, float* to, long toStep)
    {
        Lanes a = Vector512.Load(from), b = Vector512.Load(from + step), c = Vector512.Load(from + (2 * step));
        Lanes evenA = Plus(a, c, (float)(A * A)) * ShareA, oddA = b * ((float)A * ShareA);
        Lanes evenB = Plus(a, c, (float)(B * B)) * ShareB, oddB = b * ((float)B * ShareB);
        a.Store(to);
        (evenA + oddA).Store(to + toStep);
        (evenA - oddA).Store(to + (2 * toStep));
        float* next = to + (3 * toStep);
        (evenB + oddB).Store(next);
        (evenB - oddB).Store(next + toStep);
        c.Store(next + (2 * toStep));
    }

    /// <summary>The transpose of <see cref="Kernel"/>: the gradients at six points to those of three taps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void KernelGradient(float* from, long step, float* to, long toStep)
    {
        float* second = from + (3 * step);
        Lanes a = Vector512.Load(from + step), b = Vector512.Load(from + (2 * step));
        Lanes c = Vector512.Load(second), d = Vector512.Load(second + step);
        Lanes evenA = (a + b) * ShareA, oddA = (a - b) * ((float)A * ShareA);
        Lanes evenB = (c + d) * ShareB, oddB = (c - d) * ((float)B * ShareB);
        (Vector512.Load(from) + evenA + evenB).Store(to);
        (oddA + oddB).Store(to + toStep);
        Plus(Plus(Vector512.Load(second + (2 * step)), evenA, (float)(A * A)), evenB, (float)(B * B)).Store(to + (2 * toStep));
    }

    /// <summary>The transpose of <see cref="Output"/>: the gradients of four outputs to those at six points.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputGradient(float* from, long step, float* to, long toStep)
    {
        Lanes a = Vector512.Load(from), b = Vector512.Load(from + step);
        Lanes c = Vector512.Load(from + (2 * step)), d = Vector512.Load(from + (3 * step));
        Lanes evenA = Plus(a, c, (float)(A * A)), oddA = Plus(b, d, (float)(A * A));
        Lanes evenB = Plus(a, c, (float)(B * B)), oddB = Plus(b, d, (float)(B * B));
        a.Store(to);
        Plus(evenA, oddA, (float)A).Store(to + toStep);
        Plus(evenA, oddA, (float)-A).Store(to + (2 * toStep));
        float* next = to + (3 * toStep);
        Plus(evenB, oddB, (float)B).Store(next);
        Plus(evenB, oddB, (float)-B).Store(next + toStep);
        d.Store(next + (2 * toStep));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes Plus(Lanes x, Lanes y, float factor) => Vector512.FusedMultiplyAdd(y, Vector512.Create(factor), x);
}

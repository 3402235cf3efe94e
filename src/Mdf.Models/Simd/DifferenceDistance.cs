using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>The mean squared or absolute difference of two feature maps.</summary>
/// <param name="isAbsolute">Whether the difference is absolute.</param>
/// <param name="weight">Factor of the mean.</param>
internal sealed unsafe class DifferenceDistance(bool isAbsolute, double weight) : MapDistance
{
    private const int Lane = MatrixProduct.Lane;

    private const float Rounding = 2e-6f;

    public override double Factor(FeatureMap map) => weight / ((double)map.Rows * map.Columns * map.Channels);

    public override void Represent(float* row, float* target, int columns, int channels)
    {
        long bytes = (long)columns * channels * sizeof(float);
        Buffer.MemoryCopy(row, target, bytes, bytes);
    }

    public override double CompareRow(float* row, float* reference, float* gradient, int columns, int channels, float factor) =>
        isAbsolute
            ? Absolute(row, reference, gradient, (long)columns * channels, factor)
            : Squared(row, reference, gradient, (long)columns * channels, 2 * factor);

    [MethodImpl(MatrixProduct.Kernel)]
    private static double Squared(float* row, float* reference, float* gradient, long length, float factor)
    {
        Lanes even = Lanes.Zero, odd = Lanes.Zero;
        for (long i = 0; i < length; i += Lane)
        {
            Lanes difference = Vector512.Load(row + i) - Vector512.Load(reference + i);
            (even, odd) = (odd, Vector512.FusedMultiplyAdd(difference, difference, even));
            if (gradient != null)
            {
                (difference * factor).Store(gradient + i);
            }
        }

        return Sum(even + odd);
    }

    [MethodImpl(MatrixProduct.Kernel)]
    private static double Absolute(float* row, float* reference, float* gradient, long length, float factor)
    {
        Lanes even = Lanes.Zero, odd = Lanes.Zero, all = Vector512.Create(factor);
        for (long i = 0; i < length; i += Lane)
        {
            Lanes difference = Vector512.Load(row + i) - Vector512.Load(reference + i);
            (even, odd) = (odd, even + Vector512.Abs(difference));
            if (gradient != null)
            {
                // 0 for values that are equal to within Winograd's rounding, which depends on neighbours too; NaN for NaN.
                Lanes isEqual = Vector512.LessThanOrEqual(Vector512.Abs(difference), Vector512.Abs(Vector512.Load(row + i)) * Rounding);
                Lanes sign = Vector512.FusedMultiplyAdd(difference, Lanes.Zero, Vector512.CopySign(all, difference));
                Vector512.ConditionalSelect(isEqual, Lanes.Zero, sign).Store(gradient + i);
            }
        }

        return Sum(even + odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Sum(Lanes lanes)
    {
        (Vector512<double> low, Vector512<double> high) = Vector512.Widen(lanes);
        return Vector512.Sum(low + high);
    }
}

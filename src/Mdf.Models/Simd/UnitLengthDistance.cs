using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>
/// The distance of LPIPS: each position of both maps is normalised to unit length, channel weights multiply the squared differences, and
/// their sums over the channels are averaged over the positions.
/// </summary>
/// <param name="weights">The channel weights.</param>
/// <param name="epsilon">Number added to lengths.</param>
internal sealed unsafe class UnitLengthDistance(float[] weights, double epsilon) : MapDistance
{
    private const int Lane = MatrixProduct.Lane;

    private readonly float epsilon = (float)epsilon;

    public override double Factor(FeatureMap map) => 1 / ((double)map.Rows * map.Columns);

    [MethodImpl(MatrixProduct.Kernel)]
    public override void Represent(float* row, float* target, int columns, int channels)
    {
        for (int column = 0; column < columns; column++, row += channels, target += channels)
        {
            Lanes inverse = Vector512.Create(1 / (Length(row, channels) + epsilon));
            for (int i = 0; i < channels; i += Lane)
            {
                (Vector512.Load(row + i) * inverse).Store(target + i);
            }
        }
    }

    [MethodImpl(MatrixProduct.Kernel)]
    public override double CompareRow(float* row, float* reference, float* gradient, int columns, int channels, float factor)
    {
        double sum = 0;
        fixed (float* ofChannels = weights)
        {
            for (int column = 0; column < columns; column++, row += channels, reference += channels)
            {
                float length = Length(row, channels), inverse = 1 / (length + epsilon);
                Lanes scale = Vector512.Create(inverse), squares = Lanes.Zero, products = Lanes.Zero;
                for (int i = 0; i < channels; i += Lane)
                {
                    Lanes x = Vector512.Load(row + i), difference = (x * scale) - Vector512.Load(reference + i);
                    Lanes weighted = difference * Vector512.Load(ofChannels + i);
                    squares = Vector512.FusedMultiplyAdd(weighted, difference, squares);
                    products = Vector512.FusedMultiplyAdd(weighted, x, products);
                }

                sum += Vector512.Sum(squares);
                if (gradient == null)
                {
                    continue;
                }

                // The length depends on the values too; it has derivative 0 where all of them are zero.
                float back = length == 0 ? 0 : -2 * factor * Vector512.Sum(products) * inverse * (inverse / length);
                Lanes own = Vector512.Create(2 * factor * inverse), common = Vector512.Create(back);
                for (int i = 0; i < channels; i += Lane)
                {
                    Lanes x = Vector512.Load(row + i), difference = (x * scale) - Vector512.Load(reference + i);
                    Lanes weighted = difference * Vector512.Load(ofChannels + i);
                    Vector512.FusedMultiplyAdd(x, common, weighted * own).Store(gradient + i);
                }

                gradient += channels;
            }
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Length(float* values, int channels)
    {
        Lanes squares = Lanes.Zero;
        for (int i = 0; i < channels; i += Lane)
        {
            Lanes x = Vector512.Load(values + i);
            squares = Vector512.FusedMultiplyAdd(x, x, squares);
        }

        return MathF.Sqrt(Vector512.Sum(squares));
    }
}

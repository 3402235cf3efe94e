using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>
/// The epilogue of the backward pass through a convolution: it continues through the LeakyReLU in front of that convolution. If the
/// activations are a compared feature map, the gradient of their distance to the reference is added first.
/// </summary>
/// <param name="target">Start of the gradient's map, contiguous.</param>
/// <param name="activations">LeakyReLU's outputs, contiguous; they have the signs of its inputs.</param>
/// <param name="slope">LeakyReLU's negative slope.</param>
/// <param name="reference">The reference's activations that the tile owns; an empty map if this feature map is not compared.</param>
/// <param name="weight">Factor of the difference of activations and reference.</param>
internal readonly unsafe struct ActivationGradient(
    float* target, float* activations, float slope, FeatureMap reference, float weight) : IEpilogue
{
    private readonly float* target = target;
    private readonly float* activations = activations;
    private readonly FeatureMap reference = reference;
    private readonly float slope = slope;
    private readonly float weight = weight;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Lanes outputs, long offset, int row, int column, int channel)
    {
        Lanes activation = Vector512.Load(activations + offset), gradient = outputs;
        if (row < reference.Rows && column < reference.Columns)
        {
            Lanes difference = activation - Vector512.Load(reference.At(row, column) + channel);
            gradient = Vector512.FusedMultiplyAdd(difference, Vector512.Create(weight), gradient);
        }

        Vector512.ConditionalSelect(Vector512.GreaterThan(activation, Lanes.Zero), gradient, gradient * slope).Store(target + offset);
    }

    /// <summary>Stores the gradient of the distance alone for the whole map. It starts the backward pass at the last feature map.</summary>
    /// <param name="rows">Number of rows of the map.</param>
    /// <param name="columns">Number of columns of the map.</param>
    /// <param name="channels">Number of channels of the map.</param>
    [MethodImpl(MatrixProduct.Kernel)]
    public void StoreAll(int rows, int columns, int channels)
    {
        long offset = 0;
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                for (int channel = 0; channel < channels; channel += MatrixProduct.Lane, offset += MatrixProduct.Lane)
                {
                    Store(Lanes.Zero, offset, row, column, channel);
                }
            }
        }
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Models.Simd;

/// <summary>
/// The way back through the LeakyReLU before a convolution, of what came back through the convolution: first, if the activations were
/// compared with a reference's, the gradient of that distance is added.
/// </summary>
/// <param name="target">Where the gradient goes, without gaps.</param>
/// <param name="activations">What LeakyReLU gave; they have the sign of what it got, and no gaps.</param>
/// <param name="slope">Of LeakyReLU below zero.</param>
/// <param name="reference">The part of the reference's activations that counts, or an empty map.</param>
/// <param name="weight">Of the difference.</param>
internal readonly unsafe struct ActivationGradient(float* target, float* activations, float slope, FeatureMap reference, float weight) : IEpilogue
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

    /// <summary>Where nothing comes back but the gradient of the distance: all of it.</summary>
    /// <param name="rows">The map's rows.</param>
    /// <param name="columns">The map's columns.</param>
    /// <param name="channels">The map's channels.</param>
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

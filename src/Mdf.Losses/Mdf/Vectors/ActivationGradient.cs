using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace Mdf.Losses;

/// <summary>
/// The way back through the LeakyReLU before a convolution, of what came back through the convolution: first, if the activations were
/// compared with a reference's, the gradient of that distance is added.
/// </summary>
/// <param name="target">Where the gradient goes.</param>
/// <param name="activations">What LeakyReLU gave; they have the sign of what it got.</param>
/// <param name="slope">Of LeakyReLU below zero.</param>
/// <param name="reference">The part of the reference's activations that counts, or an empty map.</param>
/// <param name="weight">Of the difference.</param>
internal readonly unsafe struct ActivationGradient(FeatureMap target, FeatureMap activations, float slope, FeatureMap reference, float weight) : IEpilogue
{
    private readonly FeatureMap target = target;
    private readonly FeatureMap activations = activations;
    private readonly FeatureMap reference = reference;
    private readonly float slope = slope;
    private readonly float weight = weight;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Lanes outputs, int row, int column, int channel)
    {
        Lanes activation = Vector512.Load(activations.At(row, column) + channel), gradient = outputs;
        if (row < reference.Rows && column < reference.Columns)
        {
            Lanes difference = activation - Vector512.Load(reference.At(row, column) + channel);
            gradient = Vector512.FusedMultiplyAdd(difference, Vector512.Create(weight), gradient);
        }

        Vector512.ConditionalSelect(Vector512.GreaterThan(activation, Lanes.Zero), gradient, gradient * slope).Store(target.At(row, column) + channel);
    }

    /// <summary>The gradient where nothing comes back but that of the distance.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void StoreAll()
    {
        for (int row = 0; row < target.Rows; row++)
        {
            for (int column = 0; column < target.Columns; column++)
            {
                for (int channel = 0; channel < target.Channels; channel += MatrixProduct.Lane)
                {
                    Store(Lanes.Zero, row, column, channel);
                }
            }
        }
    }
}

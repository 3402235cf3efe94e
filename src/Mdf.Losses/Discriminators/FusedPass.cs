using Mdf.Tiling;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Losses.Discriminators;

/// <summary>Compares one tile by a stack of discriminators: distances of its maps, and their gradient by hand.</summary>
internal readonly struct FusedPass(DiscriminatorStack stack, TileComparison comparison)
{
    /// <summary>
    /// Adds the distances to the comparison's terms and returns their gradient with respect to the tile, or null if none is wanted.
    /// </summary>
    /// <param name="x">The tile of the restored images.</param>
    /// <param name="references">The chosen maps of the reference, as far as the tile owns them.</param>
    public Tensor? Run(Tensor x, Tensor[] references)
    {
        int last = stack.Last;
        var outputs = new Tensor[last + 1];
        var differences = new (Tensor Difference, double Weight)?[last + 1];
        Tensor input = x;
        for (int i = 0, layer = 0; i <= last; i++)
        {
            Tensor output = stack.Forward(i, input);
            outputs[i] = output;
            if (stack.IsMap(i))
            {
                Tensor difference = comparison.Tile.Owned(output) - references[layer];
                double weight = 1.0 / Elements(output, x);
                comparison.Terms.select(2, layer).Add(SquaredNorms(difference), weight);
                differences[i] = (difference, weight);
                layer++;
            }

            if (!comparison.WantsGradient && i > 0)
            {
                input.Dispose();
            }

            input = output;
        }

        return comparison.WantsGradient ? Backward(last, outputs, differences) : null;
    }

    private Tensor Backward(int last, Tensor[] outputs, (Tensor Difference, double Weight)?[] differences)
    {
        Tensor? gradient = null;
        for (int i = last; i >= 0; i--)
        {
            using var ofLayer = NewDisposeScope();
            if (differences[i] is (Tensor difference, double weight))
            {
                gradient = Added(gradient, outputs[i], difference, 2 * weight);
            }

            Tensor before = stack.Backward(i, gradient!, outputs[i]);
            gradient!.Dispose();
            outputs[i].Dispose();
            gradient = before.MoveToOuterDisposeScope();
        }

        return gradient!;
    }

    // Adds the weighted difference of the owned part to the gradient that came back from the following layers.
    private Tensor Added(Tensor? gradient, Tensor output, Tensor difference, double weight)
    {
        if (gradient is null && comparison.Tile.OwnsAll(output))
        {
            return difference.Multiply(weight);
        }

        gradient ??= zeros_like(output);
        comparison.Tile.Owned(gradient).Add(difference, weight);
        return gradient;
    }

    // Squared norms for each image and discriminator. Norms of rows or channels come first: short sums are exact enough in float32.
    private Tensor SquaredNorms(Tensor difference)
    {
        if (stack.Networks > 1)
        {
            long width = difference.shape[1] / stack.Networks;
            Tensor channels = difference.permute(0, 2, 3, 1).flatten(1, 2).unflatten(2, stack.Networks, width);
            return channels.norm(3).to(ScalarType.Float64).Squared().sum(1);
        }

        Tensor exact = difference.dtype == ScalarType.BFloat16 ? difference.to(ScalarType.Float32) : difference;
        Tensor rows = stack.UsesChannelsLast ? exact.permute(0, 2, 3, 1) : exact;
        return rows.flatten(2).norm(2).to(ScalarType.Float64).Squared().sum(1, keepdim: true);
    }

    // Number of elements in one discriminator's map of a whole image.
    private long Elements(Tensor output, Tensor x) =>
        output.shape[1] / stack.Networks * (comparison.BatchShape[2] - (x.shape[2] - output.shape[2]))
        * (comparison.BatchShape[3] - (x.shape[3] - output.shape[3]));
}

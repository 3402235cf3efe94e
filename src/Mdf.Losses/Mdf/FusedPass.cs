using static TorchSharp.torch;

namespace Mdf.Losses;

/// <summary>A stack of discriminators on one tile: the distances of its maps and the way back to the image, by hand.</summary>
internal readonly struct FusedPass(DiscriminatorStack stack, Tile tile, long[] shape)
{
    /// <summary>Adds the tile's share of the distances to <paramref name="terms"/>, and gives its gradient.</summary>
    /// <param name="x">The tile of the restored images.</param>
    /// <param name="references">The owned parts of the reference's chosen maps.</param>
    /// <param name="terms">(images, discriminators, layers), float64.</param>
    /// <param name="wantsGradient">Whether to go back.</param>
    /// <returns>The gradient with respect to <paramref name="x"/>, of its shape, or null.</returns>
    public Tensor? Run(Tensor x, Tensor[] references, Tensor terms, bool wantsGradient)
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
                Tensor difference = tile.Owned(output) - references[layer];
                double weight = 1.0 / Elements(output, x);
                terms.select(2, layer).Add(SquaredNorms(difference), weight);
                differences[i] = (difference, weight);
                layer++;
            }

            if (!wantsGradient && i > 0)
            {
                input.Dispose();
            }

            input = output;
        }

        return wantsGradient ? Backward(last, outputs, differences) : null;
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

    // The weighted difference of the owned part, on top of what came back from the layers behind.
    private Tensor Added(Tensor? gradient, Tensor output, Tensor difference, double weight)
    {
        if (gradient is null && tile.OwnsAll(output))
        {
            return difference.Multiply(weight);
        }

        gradient ??= zeros_like(output);
        tile.Owned(gradient).Add(difference, weight);
        return gradient;
    }

    // Of each image and discriminator. Norms of rows first, or of channels: the sums stay short, and so exact enough for float32.
    private Tensor SquaredNorms(Tensor difference)
    {
        if (stack.Networks > 1)
        {
            Tensor channels = difference.permute(0, 2, 3, 1).flatten(1, 2).unflatten(2, stack.Networks, difference.shape[1] / stack.Networks);
            return channels.norm(3).to(ScalarType.Float64).Squared().sum(1);
        }

        Tensor exact = difference.dtype == ScalarType.BFloat16 ? difference.to(ScalarType.Float32) : difference;
        Tensor rows = stack.UsesChannelsLast ? exact.permute(0, 2, 3, 1) : exact;
        return rows.flatten(2).norm(2).to(ScalarType.Float64).Squared().sum(1, keepdim: true);
    }

    // Of a discriminator's map of the whole image.
    private long Elements(Tensor output, Tensor x) =>
        output.shape[1] / stack.Networks * (shape[2] - (x.shape[2] - output.shape[2])) * (shape[3] - (x.shape[3] - output.shape[3]));
}

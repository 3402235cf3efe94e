using Mdf.Models.Adversarial;
using Mdf.Tiling;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Models.Simd;

/// <summary>
/// Computes a discriminator's features, their distances and the gradient for images of one size. Temporary memory is rented once per call
/// and holds the feature maps of one image.
/// </summary>
/// <param name="discriminator">The discriminator.</param>
/// <param name="maps">For each convolution to compute, whether its output is a compared feature map.</param>
/// <param name="rows">Number of rows of the images.</param>
/// <param name="columns">Number of columns of the images.</param>
internal sealed unsafe class VectorPass(VectorDiscriminator discriminator, bool[] maps, int rows, int columns)
{
    // The rented memory is divided into places for one map each. Two places alternate for maps that only the next convolution needs. If
    // needed, one place for each map of the reference and one for each map of the restored image follow.
    private const int Passing = 2;

    private readonly long place = LengthOfPlace(discriminator.ShapeAfter(0, rows, columns));

    private int Last => maps.Length - 1;

    /// <summary>Computes the compared feature maps.</summary>
    /// <param name="images">(N, C, H, W), float32.</param>
    public Tensor[] Features(Tensor images)
    {
        using var scope = NewDisposeScope();
        using var scratch = new Scratch(Passing * place);
        Tensor pixels = images.WithChannelsLast();
        Tensor?[] features = [.. maps.Select((isMap, i) => isMap ? Empty(discriminator.ShapeAfter(i, rows, columns)) : null)];
        for (long image = 0; image < images.shape[0]; image++)
        {
            FeatureMap[] outputs = Passed(scratch.Start);
            for (int i = 0; i <= Last; i++)
            {
                outputs[i] = features[i] is Tensor feature ? FeatureMap.Of(feature, image) : outputs[i];
            }

            Forward(FeatureMap.Of(pixels, image), outputs);
        }

        return [.. features.OfType<Tensor>().Select(f => f.MoveToOuterDisposeScope())];

        Tensor Empty((int Rows, int Columns, int Channels) shape) =>
            TensorLayout.Allocate(
                [images.shape[0], shape.Channels, shape.Rows, shape.Columns], ScalarType.Float32, CPU, channelsLast: true);
    }

    /// <summary>
    /// Adds the distances from the reference images to the comparison's terms and returns the gradient, or null if none is wanted.
    /// </summary>
    public Tensor? Compare(Tensor x, Tensor reference, TileComparison comparison) => Compare(x, reference, [], comparison);

    /// <summary>
    /// Adds the distances from the reference's owned maps to the comparison's terms and returns the gradient, or null if none is wanted.
    /// </summary>
    public Tensor? Compare(Tensor x, Tensor[] features, TileComparison comparison) => Compare(x, reference: null, features, comparison);

    private Tensor? Compare(Tensor x, Tensor? reference, Tensor[] features, TileComparison comparison)
    {
        (Tile tile, long[] shape, Tensor terms, bool wantsGradient) = comparison;
        using var scope = NewDisposeScope();
        int ofReference = reference is null ? 0 : maps.Length, ofRestored = wantsGradient ? maps.Length : 0;
        using var scratch = new Scratch((Passing + ofReference + ofRestored) * place);
        Tensor restored = x.WithChannelsLast();
        Tensor? other = reference?.WithChannelsLast();
        Tensor? gradient = wantsGradient ? TensorLayout.Allocate(x.shape, x.dtype, x.device, channelsLast: true) : null;
        var sums = new double[terms.numel()];
        for (int image = 0; image < x.shape[0]; image++)
        {
            FeatureMap[] references = other is null ? Given(features, image) : Referenced(FeatureMap.Of(other, image), tile, scratch.Start);
            FeatureMap[] outputs = wantsGradient ? Kept(scratch.Start, Passing + ofReference) : Passed(scratch.Start);
            for (int i = 0, layer = 0; i <= Last; i++)
            {
                discriminator.Forward(i, i == 0 ? FeatureMap.Of(restored, image) : outputs[i - 1], outputs[i]);
                if (maps[i])
                {
                    sums[(image * terms.shape[2]) + layer++] = outputs[i].SquaredDistance(references[i]) / Elements(i, shape);
                }
            }

            if (gradient is not null)
            {
                Backward(outputs, references, shape, scratch.Start, FeatureMap.Of(gradient, image));
            }
        }

        terms.Add(tensor(sums, device: CPU).reshape(terms.shape));
        return gradient?.MoveToOuterDisposeScope();
    }

    private void Forward(FeatureMap image, FeatureMap[] outputs)
    {
        for (int i = 0; i <= Last; i++)
        {
            discriminator.Forward(i, i == 0 ? image : outputs[i - 1], outputs[i]);
        }
    }

    private void Backward(FeatureMap[] outputs, FeatureMap[] references, long[] shape, float* memory, FeatureMap image)
    {
        FeatureMap gradient = BeginBackward(outputs[Last], references[Last], shape, memory);
        for (int i = Last; i > 0; i--)
        {
            FeatureMap before = Place(memory, (i - 1) % Passing, i - 1);
            discriminator.Backward(i, gradient, Activation(i - 1, before, outputs[i - 1], references[i - 1], shape));
            gradient = before;
        }

        discriminator.BackwardToImage(gradient, image);
    }

    // Returns the gradient with respect to the output of the last computed convolution.
    private FeatureMap BeginBackward(FeatureMap output, FeatureMap reference, long[] shape, float* memory)
    {
        if (Last < discriminator.Count - 1)
        {
            FeatureMap gradient = Place(memory, Last % Passing, Last);
            Activation(Last, gradient, output, reference, shape).StoreAll(gradient.Rows, gradient.Columns, gradient.Channels);
            return gradient;
        }

        const int Margin = VectorDiscriminator.TailMargin;
        var padded = new FeatureMap(
            memory + (Last % Passing * place), output.Rows + (2 * Margin), output.Columns + (2 * Margin), channels: 1);
        new Span<float>(padded.Start, padded.Rows * padded.Columns).Clear();
        float weight = (float)(2 / Elements(Last, shape));
        for (int row = 0; row < reference.Rows; row++)
        {
            for (int column = 0; column < reference.Columns; column++)
            {
                *padded.At(row + Margin, column + Margin) = weight * (*output.At(row, column) - *reference.At(row, column));
            }
        }

        return padded;
    }

    private ActivationGradient Activation(int convolution, FeatureMap target, FeatureMap output, FeatureMap reference, long[] shape) =>
        new(target.Start, output.Start, (float)MdfDiscriminator.NegativeSlope, reference, (float)(2 / Elements(convolution, shape)));

    // Returns the parts of the reference's compared feature maps that the tile owns.
    private FeatureMap[] Referenced(FeatureMap image, Tile tile, float* memory)
    {
        FeatureMap[] outputs = Passed(memory), kept = Kept(memory, Passing);
        for (int i = 0; i <= Last; i++)
        {
            outputs[i] = maps[i] ? kept[i] : outputs[i];
        }

        Forward(image, outputs);
        return [.. outputs.Select(
            (o, i) => maps[i] ? o.Part((int)tile.Rows.OwnedOf(o.Rows), (int)tile.Columns.OwnedOf(o.Columns)) : default)];
    }

    private FeatureMap[] Given(Tensor[] features, int image)
    {
        int layer = 0;
        return [.. maps.Select(isMap => isMap ? FeatureMap.Of(features[layer++], image) : default)];
    }

    private FeatureMap[] Passed(float* memory) => [.. Enumerable.Range(0, maps.Length).Select(i => Place(memory, i % Passing, i))];

    private FeatureMap[] Kept(float* memory, int first) => [.. Enumerable.Range(0, maps.Length).Select(i => Place(memory, first + i, i))];

    private FeatureMap Place(float* memory, int index, int convolution)
    {
        (int height, int width, int channels) = discriminator.ShapeAfter(convolution, rows, columns);
        return new FeatureMap(memory + (index * place), height, width, channels);
    }

    // Returns the number of values in a convolution's feature map of the whole image, which the mean divides by.
    private double Elements(int convolution, long[] shape)
    {
        (int height, int width, int channels) = discriminator.ShapeAfter(convolution, (int)shape[2], (int)shape[3]);
        return (double)height * width * channels;
    }

    // The first map is the largest one, and its channels fill whole vectors.
    private static long LengthOfPlace((int Rows, int Columns, int Channels) shape) => (long)shape.Rows * shape.Columns * shape.Channels;
}

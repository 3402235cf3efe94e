using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Models.Simd;

/// <summary>
/// Computes and compares the feature maps of some images of one size, and the gradient with respect to the images. The shallow stages are
/// computed image by image, so that their large maps stay in the caches; the deep ones for all images together, so that their many weights
/// are read once. The way back needs one bit of each value.
/// </summary>
internal sealed unsafe class VectorFeaturePass : IDisposable
{
    private readonly VectorFeatures features;
    private readonly FeatureMap padded;
    private readonly FeatureMap[] places;
    private readonly FeatureMap[] compared;
    private readonly nint[] memories;
    private readonly int images;
    private readonly List<Scratch> rented = [];

    /// <summary>Rents the memory.</summary>
    /// <param name="features">The network.</param>
    /// <param name="pixels">Shape of the images, (N, 3, H, W).</param>
    /// <param name="wantsGradient">Whether the gradient is computed.</param>
    /// <param name="keepsCompared">Whether the compared maps of the reference, or their gradients, need memory.</param>
    public VectorFeaturePass(VectorFeatures features, long[] pixels, bool wantsGradient, bool keepsCompared)
    {
        this.features = features;
        (images, int rows, int columns) = ((int)pixels[0], (int)pixels[2], (int)pixels[3]);
        const int Margins = 2 * VectorFeatureStage.Padding;
        FeatureMap source = Shape((rows + Margins, columns + Margins, (int)pixels[1]));
        padded = Moved(source, Rent(source.Length));
        new Span<float>(padded.Start, (int)padded.Length).Clear();

        // Results alternate between two places, of one image or of all.
        FeatureMap[] shapes = [.. Enumerable.Range(0, Count).Select(i => Shape(features.ShapeAfter(i, rows, columns)))];
        float*[] ofOne = [Rent(Longest(s => !IsOfAll(s))), Rent(Longest(s => !IsOfAll(s)))];
        float*[] ofAll = [Rent(images * Longest(IsOfAll)), Rent(images * Longest(IsOfAll))];
        places = [.. shapes.Select((s, i) => Moved(s, (IsOfAll(i) ? ofAll : ofOne)[i % 2]))];
        compared = [.. shapes.Select((s, i) => keepsCompared && Stage(i).Layer >= 0 ? Moved(s, Rent(images * s.Length)) : default)];
        memories = [.. shapes.Select((s, i) => wantsGradient ? (nint)Rent((images * Stage(i).MemoryOf(s) / 2) + 1) : 0)];

        long Longest(Func<int, bool> which) => shapes.Where((_, i) => which(i)).Select(s => s.Length).DefaultIfEmpty(0).Max();
    }

    private int Count => features.Stages.Count;

    /// <summary>Computes the compared form of the compared layers.</summary>
    /// <param name="features">The network.</param>
    /// <param name="pixels">Normalised images, (N, 3, H, W), float32.</param>
    public static Tensor[] Features(VectorFeatures features, Tensor pixels)
    {
        using var scope = NewDisposeScope();
        using var pass = new VectorFeaturePass(features, pixels.shape, wantsGradient: false, keepsCompared: false);
        var maps = new Tensor[features.Distances.Count];
        for (int i = 0; i < pass.Count; i++)
        {
            if (pass.Stage(i).Layer is var layer and >= 0)
            {
                FeatureMap map = pass.places[i];
                maps[layer] = TensorLayout.Allocate(
                    [pass.images, map.Channels, map.Rows, map.Columns], ScalarType.Float32, CPU, channelsLast: true);
            }
        }

        pass.Forward(pixels, keeps: false, (layer, image, map) =>
            features.Distances[layer].Represent(map, FeatureMap.Of(maps[layer], image)));
        scope.MoveToOuter(maps);
        return maps;
    }

    /// <summary>Compares images with references.</summary>
    /// <param name="features">The network.</param>
    /// <param name="pixels">Normalised restored images, (N, 3, H, W), float32.</param>
    /// <param name="reference">Normalised reference images; null if their maps are given.</param>
    /// <param name="maps">The maps that <see cref="Features(VectorFeatures, Tensor)"/> returned for the references.</param>
    /// <param name="wantsGradient">Whether the gradient is computed.</param>
    /// <returns>
    /// The distances, (N, layers), float64, and the gradient of their sum with respect to the restored images; null if it is not wanted.
    /// </returns>
    public static (Tensor Distances, Tensor? Gradient) Compare(
        VectorFeatures features, Tensor pixels, Tensor? reference, Tensor[] maps, bool wantsGradient)
    {
        using var scope = NewDisposeScope();
        using var pass = new VectorFeaturePass(features, pixels.shape, wantsGradient, wantsGradient || reference is not null);
        if (reference is not null)
        {
            pass.Forward(reference, keeps: false, (layer, image, map) =>
                features.Distances[layer].Represent(map, pass.Compared(layer, image)));
        }

        var sums = new double[pass.images * features.Distances.Count];
        pass.Forward(pixels, keeps: wantsGradient, (layer, image, map) =>
        {
            FeatureMap other = reference is null ? FeatureMap.Of(maps[layer], image) : pass.Compared(layer, image);
            FeatureMap gradient = wantsGradient ? pass.Compared(layer, image) : default;
            sums[(image * features.Distances.Count) + layer] = features.Distances[layer].Compare(map, other, gradient);
        });
        Tensor? back = null;
        if (wantsGradient)
        {
            back = TensorLayout.Allocate(pixels.shape, ScalarType.Float32, CPU, channelsLast: true);
            pass.Backward(back);
        }

        Tensor distances = tensor(sums, device: CPU).reshape(pass.images, -1);
        return (distances.MoveToOuterDisposeScope(), back?.MoveToOuterDisposeScope());
    }

    public void Dispose() => rented.ForEach(r => r.Dispose());

    private void Forward(Tensor pixels, bool keeps, Visit visit)
    {
        Tensor source = pixels.WithChannelsLast();
        for (int image = 0; image < images; image++)
        {
            CopyToPadded(FeatureMap.Of(source, image));
            for (int i = 0; i < features.Split; i++)
            {
                Forward(i, image, 1, keeps, visit);
            }
        }

        for (int i = features.Split; i < Count; i++)
        {
            Forward(i, 0, images, keeps, visit);
        }
    }

    private void Forward(int stage, int image, int count, bool keeps, Visit visit)
    {
        FeatureMap source = stage == 0 ? padded : Place(stage - 1, image);
        Stage(stage).Forward(source, count, Place(stage, image), keeps ? Memory(stage, image) : null);
        for (int i = image; i < image + count && Stage(stage).Layer >= 0; i++)
        {
            visit(Stage(stage).Layer, i, Place(stage, i));
        }
    }

    private void Backward(Tensor gradient)
    {
        if (features.Split < Count)
        {
            Begin(0, images);
            for (int i = Count - 1; i >= features.Split; i--)
            {
                Backward(i, 0, images);
            }
        }

        for (int image = 0; image < images; image++)
        {
            if (features.Split == Count)
            {
                Begin(image, 1);
            }

            for (int i = features.Split - 1; i > 0; i--)
            {
                Backward(i, image, 1);
            }

            Stage(0).BackwardToImage(Place(0, image), FeatureMap.Of(gradient, image));
        }
    }

    // The deepest map is compared, so that the way back begins with the gradient of its distance.
    private void Begin(int image, int count) => Epilogue(Count - 1, image).StoreAll(count * places[^1].Length);

    private void Backward(int stage, int image, int count) => Stage(stage).Backward(
        Place(stage, image), count, Memory(stage, image), places[stage - 1], i => Epilogue(stage - 1, image + i));

    private RectifierGradient Epilogue(int stage, int image) => new(
        Place(stage, image).Start,
        Stage(stage).Layer < 0 ? null : compared[stage].Image(image).Start,
        Stage(stage).IsPooling ? null : Memory(stage, image));

    private VectorFeatureStage Stage(int stage) => features.Stages[stage];

    private bool IsOfAll(int stage) => stage >= features.Split - 1 && features.Split < Count;

    private FeatureMap Place(int stage, int image) => IsOfAll(stage) ? places[stage].Image(image) : places[stage];

    private FeatureMap Compared(int layer, int image) =>
        compared[Enumerable.Range(0, Count).First(i => Stage(i).Layer == layer)].Image(image);

    private ushort* Memory(int stage, int image) => (ushort*)memories[stage] + (image * Stage(stage).MemoryOf(places[stage]));

    private void CopyToPadded(FeatureMap image)
    {
        FeatureMap inside = padded.Part(VectorFeatureStage.Padding, VectorFeatureStage.Padding, image.Rows, image.Columns);
        for (int row = 0; row < image.Rows; row++)
        {
            long bytes = (long)image.Columns * image.Channels * sizeof(float);
            Buffer.MemoryCopy(image.At(row, 0), inside.At(row, 0), bytes, bytes);
        }
    }

    private float* Rent(long length)
    {
        var scratch = new Scratch(length);
        rented.Add(scratch);
        return scratch.Start;
    }

    private static FeatureMap Shape((int Rows, int Columns, int Channels) shape) =>
        new(null, shape.Rows, shape.Columns, shape.Channels);

    private static FeatureMap Moved(FeatureMap shape, float* start) => new(start, shape.Rows, shape.Columns, shape.Channels);

    // Takes an image's map of a compared layer.
    private delegate void Visit(int layer, int image, FeatureMap map);
}

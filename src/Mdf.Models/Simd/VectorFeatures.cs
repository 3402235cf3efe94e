using Mdf.Models.Layered;

namespace Mdf.Models.Simd;

/// <summary>
/// A frozen network for recognition, made of 3 x 3 convolutions with ReLU and of max pooling, in float32 for CPUs with AVX2 or AVX-512. It
/// is computed without libtorch; the maps of some layers are compared.
/// </summary>
internal sealed class VectorFeatures
{
    private VectorFeatures(VectorFeatureStage[] stages, MapDistance[] distances)
    {
        (Stages, Distances) = (stages, distances);
        Split = Array.FindIndex(stages, s => s.IsOfAllImages) is var wide and >= 0 ? wide : stages.Length;
    }

    /// <summary>The stages, up to the deepest compared layer.</summary>
    public IReadOnlyList<VectorFeatureStage> Stages { get; }

    /// <summary>The distances of the compared layers.</summary>
    public IReadOnlyList<MapDistance> Distances { get; }

    /// <summary>Index of the first stage that is computed for all images together.</summary>
    public int Split { get; }

    /// <summary>Creates the form of a network; null if the processor or a layer does not fit.</summary>
    /// <param name="graph">The network. Its tensors must outlive the form.</param>
    /// <param name="values">Numbers of the compared layers' results.</param>
    /// <param name="distances">The distances of the compared layers.</param>
    public static VectorFeatures? TryCreate(LayerGraph graph, int[] values, MapDistance[] distances)
    {
        IReadOnlyList<LayerStep> steps = graph.Steps;
        if (!VectorDiscriminator.IsSupported || steps.Index().Any(step => step.Item.Input != step.Index))
        {
            return null;
        }

        var stages = new List<VectorFeatureStage>();
        int last = values.Max();
        for (int i = 0; i < last; i++)
        {
            VectorFeatureStage? stage = steps[i] switch
            {
                MaxPoolStep when stages is [.., { IsPooling: false } before] => new VectorFeatureStage(before.Outputs),
                ConvolutionStep { Bias: { } bias } step when i + 1 < last && steps[i + 1] is ReluStep && Fits(step, stages.Count == 0) =>
                    new VectorFeatureStage(step.Weight, bias),
                _ => null,
            };
            if (stage is null)
            {
                return null;
            }

            i += stage.IsPooling ? 0 : 1;
            stage.Layer = Array.IndexOf(values, i + 1);
            stages.Add(stage);
        }

        return new VectorFeatures([.. stages], distances);

        static bool Fits(ConvolutionStep step, bool isFirst) =>
            VectorFeatureStage.Fits(step.Weight, step.Padding) && isFirst == (step.Weight.shape[1] < MatrixProduct.Lane);
    }

    /// <summary>Returns the shape of a stage's result.</summary>
    /// <param name="stage">Index of the stage.</param>
    /// <param name="rows">Number of rows of an image.</param>
    /// <param name="columns">Number of columns of an image.</param>
    public (int Rows, int Columns, int Channels) ShapeAfter(int stage, int rows, int columns)
    {
        int halvings = Stages.Take(stage + 1).Count(s => s.IsPooling);
        return (rows >> halvings, columns >> halvings, Stages[stage].Outputs);
    }

    /// <summary>Returns the bytes that each image of a batch takes during a comparison with gradient.</summary>
    public long BytesOfImage(int rows, int columns)
    {
        long passing = 0, kept = 0;
        for (int i = 0; i < Stages.Count; i++)
        {
            (int height, int width, int channels) = ShapeAfter(i, rows, columns);
            long length = (long)height * width * channels;
            kept += Stages[i].Layer >= 0 ? length : 0;
            kept += length / (8 * sizeof(float)) * (Stages[i].IsPooling ? MaxPooling.ChoicesOfVector : 1);
            passing = i >= Split - 1 && Split < Stages.Count ? Math.Max(passing, length) : passing;
        }

        return sizeof(float) * (kept + (2 * passing));
    }

    /// <summary>Returns the bytes that a comparison takes for any number of images.</summary>
    public long BytesOfAny(int rows, int columns) => 2L * sizeof(float) * rows * columns * Stages[0].Outputs;
}

using Mdf.Models.Layered;
using Mdf.TorchCompatibility;
using static TorchSharp.torch;

namespace Mdf.Models.Simd;

/// <summary>Divides a network into convolutions with the steps that follow them.</summary>
internal sealed class StreamedNetworkBuilder(LayerGraph graph)
{
    /// <summary>
    /// Returns the stages between the first convolution to many channels and the last one to few, and the steps they begin and end with.
    /// </summary>
    /// <returns>Null if a layer does not fit.</returns>
    public (StreamedStage[] Stages, int FirstStep, int LastStep)? Build()
    {
        IReadOnlyList<LayerStep> steps = graph.Steps;
        int first = Index(s => IsWide(s.Weight.shape[0]) && !IsWide(s.Weight.shape[1]));
        int last = Index(s => !IsWide(s.Weight.shape[0]) && IsWide(s.Weight.shape[1]));
        if (first < 0 || last < first)
        {
            return null;
        }

        var stages = new List<StreamedStage>();
        for (int i = first; i <= last;)
        {
            if (steps[i] is not ConvolutionStep convolution || Stage(convolution, ref i) is not { } stage)
            {
                return null;
            }

            stages.Add(stage);
        }

        // Only the first stage reads an image, and nothing after the last one reads a map in between.
        bool fits = stages.Skip(1).All(s => stages.Any(p => p.Output == s.Input) && (s.Earlier < 0 || stages.Any(p => p.Output == s.Earlier)))
            && stages.SkipLast(1).All(s => !s.IsLast && graph.Readers(s.Output).All(r => r <= last));
        return fits && stages[0].IsFirst && stages[^1].IsLast ? ([.. stages], first, last) : null;

        int Index(Func<ConvolutionStep, bool> predicate) =>
            steps.Index().Where(s => s.Item is ConvolutionStep c && predicate(c)).Select(s => s.Index).DefaultIfEmpty(-1).First();
    }

    private static bool IsWide(long channels) => channels >= MatrixProduct.Lane;

    // Takes a convolution and the steps after it that read nothing else; null if the layer does not fit.
    private StreamedStage? Stage(ConvolutionStep convolution, ref int index)
    {
        Tensor weight = convolution.Weight.to(ScalarType.Float64);
        Tensor bias = convolution.Bias?.to(ScalarType.Float64) ?? zeros([weight.shape[0]], ScalarType.Float64, CPU);
        int value = index + 1, shuffle = 1, earlier = -1;
        double factor = 1, slope = 1;
        bool isActivated = false;
        while (++index < graph.Steps.Count && graph.Steps[index].Input == value && graph.Readers(value).Count == 1 && IsWide(weight.shape[0]))
        {
            switch (graph.Steps[index])
            {
                case NormalizationStep n when !isActivated && shuffle == 1:
                    Tensor scale = n.Weight.to(ScalarType.Float64) / n.Variance.to(ScalarType.Float64).Plus(n.Epsilon).sqrt();
                    weight = weight * scale.reshape(-1, 1, 1, 1);
                    bias = ((bias - n.Mean) * scale) + n.Bias;
                    break;
                case ActivationStep a when !isActivated:
                    (slope, isActivated) = (a.NegativeSlope, true);
                    break;
                case ParametricActivationStep p when !isActivated && p.Slope.numel() == 1:
                    (slope, isActivated) = (p.Slope.to(ScalarType.Float64).item<double>(), true);
                    break;
                case ShuffleStep s when shuffle == 1:
                    shuffle = s.Factor;
                    break;
                case SumStep s when !isActivated && shuffle == 1 && s.Other <= value:
                    (factor, earlier) = (s.Factor, s.Other);
                    value++;
                    index++;
                    return Create();
                default:
                    return Create();
            }

            value++;
        }

        return Create();

        StreamedStage? Create() => !StreamedStage.Fits(weight.shape[0], weight.shape[1], weight.shape[2], shuffle) ? null
            : new StreamedStage(weight, bias, convolution.Padding, shuffle)
            {
                Input = convolution.Input,
                Output = value,
                Earlier = earlier,
                Factor = (float)factor,
                Slope = (float)slope,
            };
    }
}

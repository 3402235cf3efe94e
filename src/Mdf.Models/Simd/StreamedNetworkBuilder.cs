using Mdf.Models.Layered;
using static TorchSharp.torch;

namespace Mdf.Models.Simd;

/// <summary>Divides a network into convolutions with the steps that follow them.</summary>
/// <param name="steps">The network's steps, with batch normalisation merged into convolutions.</param>
internal sealed class StreamedNetworkBuilder(IReadOnlyList<LayerStep> steps)
{
    /// <summary>
    /// Returns the stages from the first convolution to many channels to the last one to few.
    /// </summary>
    /// <returns>The stages, and the numbers of the steps that are left to libtorch; null if a layer does not fit.</returns>
    public (StreamedStage[] Stages, HashSet<int> Others)? Build()
    {
        int first = Index(s => IsWide(s.Weight.shape[0]) && !IsWide(s.Weight.shape[1]));
        int last = Index(s => !IsWide(s.Weight.shape[0]) && IsWide(s.Weight.shape[1]));
        if (first < 0 || last < first)
        {
            return null;
        }

        var stages = new List<StreamedStage>();
        HashSet<int> others = [.. Enumerable.Range(0, first), .. Enumerable.Range(last + 1, steps.Count - last - 1)];
        for (int i = first; i <= last;)
        {
            // In between, steps on images that no stage reads.
            if (steps[i].Inputs.All(value => value == 0 || others.Contains(value - 1)) && i != first)
            {
                others.Add(i++);
                continue;
            }

            if (steps[i] is not ConvolutionStep convolution || Stage(convolution, ref i) is not { } stage)
            {
                return null;
            }

            stages.Add(stage);
        }

        // Only the first stage reads an image, and nothing after the last one reads a map in between.
        bool fits = stages.Skip(1).All(s => IsComputed(s.Input) && (s.Earlier < 0 || IsComputed(s.Earlier)))
            && stages.SkipLast(1).All(s => !s.IsLast && steps.Skip(last + 1).All(after => !after.Inputs.Contains(s.Output)));
        return fits && stages[0].IsFirst && stages[^1].IsLast ? ([.. stages], others) : null;

        bool IsComputed(int value) => stages.Any(s => s.Output == value);

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
        double factor = 1;
        double? slope = null;
        while (++index < steps.Count && earlier < 0 && IsWide(weight.shape[0]) && IsRead(value, by: steps[index]))
        {
            switch (steps[index])
            {
                case ReluStep when slope is null:
                    slope = 0;
                    break;
                case LeakyReluStep leaky when slope is null:
                    slope = leaky.Slope;
                    break;
                case PReluStep learned when slope is null && learned.Weight.numel() == 1:
                    slope = learned.Weight.to(ScalarType.Float64).item<double>();
                    break;
                case PixelShuffleStep pixels when shuffle == 1:
                    shuffle = pixels.Step;
                    break;
                case AddStep sum when slope is null && shuffle == 1 && (sum.Other == value || sum.Factor == 1):
                    (factor, earlier) = sum.Other == value ? (sum.Factor, sum.Input) : (1, sum.Other);
                    break;
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
                Slope = (float)(slope ?? 1),
            };
    }

    // Whether a step, and no other one, reads a value.
    private bool IsRead(int value, LayerStep by) => by.Inputs.Contains(value) && steps.Count(s => s.Inputs.Contains(value)) == 1;
}

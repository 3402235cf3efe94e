using Mdf.Models.Layered;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mdf.Models.Tests.Layered;

/// <summary>Computes a description step by step with libtorch's functions.</summary>
internal static class GraphInterpreter
{
    public static Tensor Run(LayerGraph graph, Tensor images)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var values = new List<Tensor> { images };
        foreach (LayerStep step in graph.Steps)
        {
            values.Add(Compute(step, values));
        }

        return values[^1].MoveToOuterDisposeScope();
    }

    private static Tensor Compute(LayerStep step, List<Tensor> values)
    {
        Tensor x = values[step.Input];
        return step switch
        {
            ConvolutionStep s => functional.conv2d(x, s.Weight, s.Bias, padding: [s.Padding, s.Padding]),
            NormalizationStep s => functional.batch_norm(x, s.Mean, s.Variance, s.Weight, s.Bias, eps: s.Epsilon),
            ReluStep => functional.relu(x),
            LeakyReluStep s => functional.leaky_relu(x, s.Slope),
            PReluStep s => functional.prelu(x, s.Weight),
            AddStep s => x + (values[s.Other] * s.Factor),
            ScaleStep s => x * s.Factor,
            MaxPoolStep => functional.max_pool2d(x, 2),
            PixelShuffleStep s => functional.pixel_shuffle(x, s.Step),
            BilinearUpscaleStep s => functional.interpolate(
                x, [x.shape[2] * s.Scale, x.shape[3] * s.Scale], mode: InterpolationMode.Bilinear, align_corners: false),
            _ => throw new NotSupportedException(step.ToString()),
        };
    }
}

using Mdf.Models.Adversarial;
using static TorchSharp.torch;

namespace Mdf.Losses.Tests;

/// <summary>Small discriminators with weights and batch statistics as lively as trained ones.</summary>
internal static class TestPyramid
{
    public static DiscriminatorPyramid Create(params int[] widths)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var generator = new Generator(3, CPU);
        var pyramid = new DiscriminatorPyramid(widths.Select(w => new MdfDiscriminator(w)));
        foreach ((string name, Tensor tensor) in pyramid.state_dict())
        {
            if (name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
            {
                continue;
            }

            Tensor values = name.EndsWith("running_var", StringComparison.Ordinal)
                ? rand(tensor.shape, generator: generator) + 0.1
                : randn(tensor.shape, generator: generator) * (name.Contains("conv", StringComparison.Ordinal) ? 0.25 : 0.5);
            tensor.copy_(values);
        }

        pyramid.eval();
        return pyramid;
    }

    /// <summary>Random images in [0, 1], always the same for a seed, whatever the type.</summary>
    public static Tensor Images(ulong seed, ScalarType dtype, params long[] shape)
    {
        using var generator = new Generator(seed, CPU);
        return rand(shape, generator: generator).to(dtype);
    }
}

using static TorchSharp.torch;

namespace Mdf.Core.Tests.Metrics;

internal static class TestImages
{
    /// <summary>Smooth random images in [0, 1], always the same for a seed.</summary>
    public static Tensor Create(ulong seed, params long[] shape)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed, CPU);
        long[] fine = [.. shape[..2], shape[2] + 2, shape[3] + 2];
        return nn.functional.avg_pool2d(rand(fine, dtype: ScalarType.Float64, generator: generator), 3, 1).MoveToOuterDisposeScope();
    }

    /// <summary>The images with uniform noise, clamped.</summary>
    public static Tensor Noisy(Tensor images, double strength, ulong seed = 99)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed, CPU);
        return (images + ((rand(images.shape, dtype: ScalarType.Float64, generator: generator) - 0.5) * strength)).clamp(0, 1).MoveToOuterDisposeScope();
    }
}

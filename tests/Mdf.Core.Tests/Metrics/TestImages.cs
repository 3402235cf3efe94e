using static TorchSharp.torch;

namespace Mdf.Core.Tests.Metrics;

internal static class TestImages
{
    /// <summary>Creates smooth random images in [0, 1] that depend on the seed only.</summary>
    public static Tensor Create(ulong seed, params long[] shape)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed, CPU);
        long[] fine = [.. shape[..2], shape[2] + 2, shape[3] + 2];
        return nn.functional.avg_pool2d(rand(fine, dtype: ScalarType.Float64, generator: generator), 3, 1).MoveToOuterDisposeScope();
    }

    /// <summary>Adds uniform noise to images and clamps the result to [0, 1].</summary>
    public static Tensor Noisy(Tensor images, double strength, ulong seed = 99)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed, CPU);
        Tensor noise = (rand(images.shape, dtype: ScalarType.Float64, generator: generator) - 0.5) * strength;
        return (images + noise).clamp(0, 1).MoveToOuterDisposeScope();
    }
}

using static TorchSharp.torch;

namespace Mdf.Losses.Tests;

/// <summary>Small images that need no file, always the same for a seed.</summary>
internal static class TestImages
{
    /// <summary>Random images in [0, 1], smooth enough to have a structure.</summary>
    public static Tensor Create(ulong seed, ScalarType dtype, params long[] shape)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed, CPU);
        Tensor fine = rand([.. shape[..2], shape[2] + 2, shape[3] + 2], dtype: ScalarType.Float64, generator: generator);
        return nn.functional.avg_pool2d(fine, 3, 1).to(dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Returns the images with uniform noise added, not clamped.</summary>
    public static Tensor Noisy(Tensor images, double strength)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(77, CPU);
        Tensor noise = rand(images.shape, dtype: ScalarType.Float64, generator: generator) - 0.5;
        return (images + (noise * strength).to(images.dtype)).MoveToOuterDisposeScope();
    }
}

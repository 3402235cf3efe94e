namespace Mdf.Losses;

/// <summary>The precision in which the MDF loss computes features.</summary>
public enum MdfPrecision
{
    /// <summary>
    /// That of the images: float64 for float64, else float32. On a GPU, convolutions of float32 round to TF32 unless
    /// <c>torch.backends.cudnn.allow_tf32</c> is false: the loss is then within 5e-3.
    /// </summary>
    Full,

    /// <summary>
    /// bfloat16 where it is the faster, with distances and the gradient of the image summed in float32: on GPUs with tensor cores and CPUs with
    /// AMX. A CPU with AVX-512 and without AMX computes in float32 all the same if all discriminators have multiples of 32 channels, as those
    /// that come with the package and the authors' have: that is faster there, and more exact. Elsewhere on CPUs bfloat16 is slower, but for those
    /// with AVX512-BF16. Against the authors' values on compressed photographs the loss is within 1e-2 and the gradient's cosine at least 0.99; near
    /// identity, where the difference of two features drowns in their rounding, it is no longer exact. On the CPU,
    /// <see cref="MdfExecution.Graph"/> (and the way back of second derivatives) computes in float32 in any case: on some CPUs the gradients of
    /// libtorch's own bfloat16 convolutions are wrong.
    /// </summary>
    BFloat16,
}

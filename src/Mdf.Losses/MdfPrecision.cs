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
    /// bfloat16 where it is faster, with distances and the gradient of the image summed in float32; float32 elsewhere. It is faster on GPUs with
    /// tensor cores, on CPUs with AMX, and on those with AVX512-BF16 for discriminators whose channels are not multiples of 32; those of the
    /// package and of the authors have 32 and 64, and float32 is the faster for them there. Against the authors' values on compressed photographs
    /// the loss is within 1e-2 and the gradient's cosine at least 0.99; near identity, where the difference of two features drowns in their
    /// rounding, it is no longer exact. On the CPU, <see cref="MdfExecution.Graph"/> (and the way back of second derivatives) computes in float32
    /// in any case: on some CPUs the gradients of libtorch's own bfloat16 convolutions are wrong.
    /// </summary>
    BFloat16,
}

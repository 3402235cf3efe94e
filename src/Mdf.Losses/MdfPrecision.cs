using System.Text.Json.Serialization;

namespace Mdf.Losses;

/// <summary>Selects the precision in which the MDF loss computes features.</summary>
public enum MdfPrecision
{
    /// <summary>The precision of the images: float64 for float64 images, else float32.</summary>
    /// <remarks>
    /// On a GPU, float32 convolutions round to TF32 unless <c>torch.backends.cudnn.allow_tf32</c> is false. With TF32 the loss is within
    /// 5e-3.
    /// </remarks>
    Full,

    /// <summary>bfloat16 where that is faster than float32, else float32.</summary>
    /// <remarks>
    /// <para>
    /// bfloat16 is faster on GPUs with tensor cores, on CPUs with AMX, and on CPUs with AVX512-BF16 for discriminators whose channels are
    /// not
    /// multiples of 32. The packaged and the authors' discriminators have 32 and 64 channels, for which float32 is faster on CPUs without
    /// AMX.
    /// Distances and the gradient of the image are summed in float32.
    /// </para>
    /// <para>
    /// In bfloat16, on compressed photographs, the loss is within 1e-2 of the authors' values and the gradient's cosine is at least 0.99.
    /// Near
    /// identity the difference of two features is smaller than their rounding, and the loss is no longer exact. On the CPU,
    /// <see cref="MdfExecution.Graph"/> and second derivatives compute in float32 in any case, because libtorch's bfloat16 convolution
    /// gradients are
    /// wrong on some CPUs.
    /// </para>
    /// </remarks>
    [JsonStringEnumMemberName("BFloat16")]
    BFloat16WhereFaster,
}

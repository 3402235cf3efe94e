namespace Mdf.Losses;

/// <summary>The precision in which the MDF loss computes features.</summary>
public enum MdfPrecision
{
    /// <summary>That of the images: float64 for float64, else float32.</summary>
    Full,

    /// <summary>
    /// bfloat16, with distances and the gradient of the image summed in float32. On CPUs with AVX512-BF16 and on GPUs with tensor cores
    /// it is about twice as fast; the loss is within 1e-2 of the full one and the gradient's cosine with it at least 0.99.
    /// </summary>
    BFloat16,
}

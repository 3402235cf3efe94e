namespace Mdf.Training.Restoration;

/// <summary>
/// The type of a network's forward and backward pass in training. Weights, optimizer, normalisation and loss are float32 in any case.
/// </summary>
public enum RestorationPrecision
{
    /// <summary>float32 throughout.</summary>
    Full,

    /// <summary>
    /// bfloat16: half the memory of float32, and faster on GPUs with tensor cores. On a CPU it is slower, and some processors with AVX-512
    /// compute wrong gradients, which is noticed and refused.
    /// </summary>
    BFloat16,

    /// <summary>
    /// float16: like <see cref="BFloat16"/> with finer rounding and a smaller range. The loss is scaled up so that small gradients do not
    /// vanish; a step whose gradient overflows is left out, and the scale is halved.
    /// </summary>
    Float16,
}

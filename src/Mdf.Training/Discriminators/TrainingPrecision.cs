namespace Mdf.Training.Discriminators;

/// <summary>The arithmetic precision in the training of discriminators and generators.</summary>
public enum TrainingPrecision
{
    /// <summary>float32 throughout.</summary>
    Full,

    /// <summary>
    /// bfloat16 multiplication with float32 summation in the convolutions of head and body; float32 for weights, normalisation,
    /// activations, scores and Adam. Faster on GPUs with tensor cores. On CPUs libtorch computes it, and mostly kernels in C#
    /// compute <see cref="Full"/>: it may be faster with AVX512-BF16, and is slower without.
    /// </summary>
    BFloat16,
}

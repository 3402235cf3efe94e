namespace Mdf.Training.Discriminators;

/// <summary>The arithmetic precision in the training of discriminators and generators.</summary>
public enum TrainingPrecision
{
    /// <summary>float32 throughout.</summary>
    Full,

    /// <summary>
    /// bfloat16 multiplication with float32 summation in the convolutions of head and body; float32 for weights, normalisation,
    /// activations, scores and Adam. Faster on processors with bfloat16 arithmetic (CPUs with AVX512-BF16, GPUs with tensor cores), slower
    /// on others.
    /// </summary>
    BFloat16,
}

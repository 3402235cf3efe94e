namespace Mdf.Training.Discriminators;

/// <summary>The precision in which discriminators and generators compute while they are trained.</summary>
public enum TrainingPrecision
{
    /// <summary>float32.</summary>
    Full,

    /// <summary>
    /// The convolutions of head and body multiply in bfloat16 and add in float32; weights, normalisation, activations, scores and Adam stay in
    /// float32. It is faster where the processor computes in bfloat16 (CPUs with AVX512-BF16, GPUs with tensor cores) and slower where it does
    /// not.
    /// </summary>
    BFloat16,
}

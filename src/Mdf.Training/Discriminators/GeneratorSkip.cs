namespace Mdf.Training.Discriminators;

/// <summary>The image that a generator's output is added to.</summary>
public enum GeneratorSkip
{
    /// <summary>The distorted input: the generator learns what to take away, as restoration networks do.</summary>
    Distorted,

    /// <summary>The input before its distortion, as SinGAN has it.</summary>
    Undistorted,
}

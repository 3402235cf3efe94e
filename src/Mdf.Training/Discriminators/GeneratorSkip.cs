namespace Mdf.Training.Discriminators;

/// <summary>The image that the generator's output is added to (skip connection).</summary>
public enum GeneratorSkip
{
    /// <summary>The distorted input: the generator learns the correction of the distortion, as residual restoration networks do.</summary>
    Distorted,

    /// <summary>The input before the distortion, as in SinGAN.</summary>
    Undistorted,
}

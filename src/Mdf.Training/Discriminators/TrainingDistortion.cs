using Mdf.Degradations;
using Mdf.Losses;

namespace Mdf.Training.Discriminators;

/// <summary>
/// The distortion of each scale's generator input (z_k in the paper), which makes discriminators specific to a task.
/// </summary>
/// <remarks>
/// <para>A resumed training recognises a distortion by its <see cref="Degradation.Description"/>, which should contain all settings.</para>
/// <para>In the paper, the generator's input is the upscaled output of the previous scale with the task's distortion added. The paper gives
/// neither the strength of the distortions nor the input of the coarsest scale; <see cref="ForTask"/> describes the choices of this
/// library.</para>
/// </remarks>
public sealed record TrainingDistortion
{
    private const double NoiseSigma = 25;

    /// <summary>Creates a distortion that is the same at every scale.</summary>
    /// <param name="task">The task's name, for the metadata of checkpoints.</param>
    /// <param name="distortion">The distortion that the task undoes. It must keep an image's size.</param>
    /// <exception cref="ArgumentException">The name is empty, or an argument is null.</exception>
    public TrainingDistortion(string task, Degradation distortion)
        : this(task, distortion, distortion)
    {
    }

    /// <summary>Creates a distortion that differs between the coarsest scale and the finer scales.</summary>
    /// <param name="task">The task's name, for the metadata of checkpoints.</param>
    /// <param name="coarsest">The distortion of the seed image at the coarsest scale. It must keep an image's size.</param>
    /// <param name="finer">
    /// The distortion of the previous scale's upscaled output at all finer scales. It must keep an image's size.
    /// </param>
    /// <exception cref="ArgumentException">The name is empty, or an argument is null.</exception>
    public TrainingDistortion(string task, Degradation coarsest, Degradation finer)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(task);
        ArgumentNullException.ThrowIfNull(coarsest);
        ArgumentNullException.ThrowIfNull(finer);
        Task = task;
        Coarsest = coarsest;
        Finer = finer;
    }

    /// <summary>The task's name.</summary>
    public string Task { get; }

    /// <summary>The distortion of the seed image at the coarsest scale.</summary>
    public Degradation Coarsest { get; }

    /// <summary>The distortion of the previous scale's upscaled output at all finer scales.</summary>
    public Degradation Finer { get; }

    /// <summary>Returns the distortion of one of the paper's tasks.</summary>
    /// <remarks>
    /// <para>JPEG artefact removal: JPEG compression of quality 7 to 10 (the range in the paper's supplement) with 4:2:0 subsampling.
    /// Denoising: Gaussian noise with a standard deviation of 25/255, not clipped. Super-resolution: the same noise, and at the coarsest
    /// scale the seed image is first downscaled and upscaled by a factor of 4.</para>
    /// <para>According to the paper, super-resolution adds no distortion besides the upscaling; but the weights that its authors published
    /// for super-resolution are byte for byte those for denoising. Without randomness, the generator reproduces the seed image after a few
    /// scales and the discriminators of later scales learn nothing. Networks trained with such discriminators were worse than bicubic
    /// interpolation.</para>
    /// </remarks>
    /// <param name="task">The restoration task.</param>
    /// <returns>The task's distortion.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="task"/> is not a defined value.</exception>
    public static TrainingDistortion ForTask(RestorationTask task) => task switch
    {
        RestorationTask.JpegRemoval => new TrainingDistortion("jpeg", new JpegCompression(7, 10)),
        RestorationTask.Denoising => new TrainingDistortion("denoise", new GaussianNoise(NoiseSigma)),
        RestorationTask.SuperResolution => new TrainingDistortion(
            "sisr", new BicubicDownUp(4).Then(new GaussianNoise(NoiseSigma)), new GaussianNoise(NoiseSigma)),
        _ => throw new ArgumentOutOfRangeException(
            nameof(task), task, $"task is {task}; expected one of {string.Join(", ", Enum.GetNames<RestorationTask>())}."),
    };
}

using Mdf.Degradations;
using Mdf.Losses;

namespace Mdf.Training.Discriminators;

/// <summary>
/// What makes discriminators those of a task: the distortion z_k that is added to what each scale's generator gets to see. A training that
/// goes on after a stop knows it by its <see cref="Degradation.Description"/>, which should tell all its settings.
/// </summary>
/// <remarks>
/// The paper says that the generator's input is the upscaled output of the scale before with the task's distortion added. It does not say
/// how strong a distortion is, nor what the coarsest scale starts from: see <see cref="ForTask"/> for what stands in for that here.
/// </remarks>
public sealed record TrainingDistortion
{
    private const double NoiseSigma = 25;

    /// <summary>The same distortion at every scale.</summary>
    /// <param name="task">The task's name, for the checkpoint.</param>
    /// <param name="distortion">What the task has to undo; it keeps an image's size.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public TrainingDistortion(string task, Degradation distortion)
        : this(task, distortion, distortion)
    {
    }

    /// <summary>One distortion for the coarsest scale and one for the others.</summary>
    /// <param name="task">The task's name, for the checkpoint.</param>
    /// <param name="coarsest">What is done to the seed image at the coarsest scale; it keeps an image's size.</param>
    /// <param name="finer">What is done to the upscaled output of the scale before, at every other scale; it keeps an image's size.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
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

    /// <summary>What is done to the seed image at the coarsest scale.</summary>
    public Degradation Coarsest { get; }

    /// <summary>What is done to the upscaled output of the scale before, at every other scale.</summary>
    public Degradation Finer { get; }

    /// <summary>
    /// The distortions of the paper's tasks. JPEG: quality 7 to 10 (the range of the paper's supplement), 4:2:0. Denoising: Gaussian noise
    /// of 25/255, not clipped. Super-resolution: the same noise on top of the upscaling between scales, and at the coarsest scale of the seed
    /// image reduced four times and enlarged again.
    /// </summary>
    /// <remarks>
    /// The paper says that super-resolution adds nothing; but the weights that its authors published for it are those for denoising, byte for
    /// byte. Where nothing is random, the generator comes to make the seed image itself within a few scales, and the discriminators
    /// after those learn nothing: networks trained with them came out worse than bicubic interpolation.
    /// </remarks>
    /// <param name="task">The task.</param>
    /// <returns>Its distortion.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such task.</exception>
    public static TrainingDistortion ForTask(RestorationTask task) => task switch
    {
        RestorationTask.JpegRemoval => new TrainingDistortion("jpeg", new JpegCompression(7, 10)),
        RestorationTask.Denoising => new TrainingDistortion("denoise", new GaussianNoise(NoiseSigma)),
        RestorationTask.SuperResolution => new TrainingDistortion(
            "sisr", new BicubicDownUp(4).Then(new GaussianNoise(NoiseSigma)), new GaussianNoise(NoiseSigma)),
        _ => throw new ArgumentOutOfRangeException(nameof(task), task, "There is no such task."),
    };
}
